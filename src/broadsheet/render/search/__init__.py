"""Stories -> the search index that browsers read piece by piece."""

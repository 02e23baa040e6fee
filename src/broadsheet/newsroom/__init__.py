"""story → edition."""

"""Items of news agencies → their stories."""

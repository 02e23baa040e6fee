"""Text or page → the fields of a story, each with its evidence. Knows no site, no file and no format."""

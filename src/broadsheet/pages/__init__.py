"""edition → page."""

"""output → world."""

"""raw → story."""

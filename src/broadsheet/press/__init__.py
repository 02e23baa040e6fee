"""page → output."""

"""Pictures of stories made for the web, and share cards."""

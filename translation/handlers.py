"""Reactions to what happens to pages and strings."""

"""Reactions to events of lower floors."""

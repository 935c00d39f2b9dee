"""Draws the demo school's pictures."""

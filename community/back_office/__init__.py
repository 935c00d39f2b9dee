"""Screens of the Wagtail admin: what is said, and what is reported about it."""

"""Screens of the Wagtail admin for support and administrators; every change goes through an action."""

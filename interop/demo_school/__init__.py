"""Loads the demo school of ``demo/``: people, courses, a learning path, home pages. Runs again without duplicates."""

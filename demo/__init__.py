"""The demo school and what checks it."""

"""Screens of the admin for those who write and review courses."""

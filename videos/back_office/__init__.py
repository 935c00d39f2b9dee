"""Screens of the admin for those who upload videos."""

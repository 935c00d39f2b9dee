"""Tests across rooms: journeys in a browser, the house itself, the role table."""

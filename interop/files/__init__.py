"""Pictures and downloads of a course: verified, cleaned, stored once."""

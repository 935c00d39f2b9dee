"""Writing a course that was read from a folder: numbers for paths, stable block ids, pages."""

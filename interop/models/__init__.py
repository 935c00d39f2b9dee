"""Where imported pages came from."""

from interop.models.imported import ImportedCourse, ImportedPage

__all__ = ["ImportedCourse", "ImportedPage"]

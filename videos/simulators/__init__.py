"""Services that process videos, imitated: for ``make run``, for tests, and for nobody in production."""

"""The project: settings, URLs, entry points and the task queue. Wiring only."""

from cms.celery import app as celery_app

__all__ = ["celery_app"]

"""The Celery application: reads every ``CELERY_`` setting, finds each room's ``tasks.py``."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings")

app = Celery("baobab")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

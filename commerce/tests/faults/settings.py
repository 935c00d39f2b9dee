"""Settings of the processes of ``make faults``: the tests' own, at the address and database that are given."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES

SITE_URL = os.environ.get("FAULTS_SITE_URL", "http://127.0.0.1:8000")
PAYMENT_SIMULATOR_URL = os.environ.get("FAULTS_SIMULATOR_URL", "")
ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
# Nothing happens by itself: which process does what, and when it dies, is what is tried out.
PAYMENT_NUDGES = False
OUTBOX_DISPATCH_ON_COMMIT = False
PAYMENT_ATTEMPT_LIMITS = {"order": 1000, "person": 1000, "phone": 1_000_000}
PAYMENT_WEBHOOK_RATE = 1_000_000
DATABASES["default"]["CONN_MAX_AGE"] = 0
if name := os.environ.get("FAULTS_DATABASE"):
    DATABASES["default"]["NAME"] = name
LOGGING = {"version": 1, "disable_existing_loggers": True}

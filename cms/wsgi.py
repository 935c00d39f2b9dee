"""WSGI entry point: ``gunicorn cms.wsgi``."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from cms.proxies import behind_proxies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings")
application = behind_proxies(get_wsgi_application(), settings.TRUSTED_PROXY_COUNT)

"""All settings, one module per concern; each reads what it needs from the environment.

Order matters only where a module builds on another one's names (``base`` first, ``checks`` last).
"""

# ruff: noqa: I001
from cms.settings.base import *  # noqa: F403
from cms.settings.database import *  # noqa: F403
from cms.settings.cache import *  # noqa: F403
from cms.settings.i18n import *  # noqa: F403
from cms.settings.files import *  # noqa: F403
from cms.settings.mail import *  # noqa: F403
from cms.settings.tasks import *  # noqa: F403
from cms.settings.auth import *  # noqa: F403
from cms.settings.security import *  # noqa: F403
from cms.settings.wagtail import *  # noqa: F403
from cms.settings.translation import *  # noqa: F403
from cms.settings.api import *  # noqa: F403
from cms.settings.money import *  # noqa: F403
from cms.settings.payments import *  # noqa: F403
from cms.settings.videos import *  # noqa: F403
from cms.settings.logs import *  # noqa: F403
from cms.settings.checks import *  # noqa: F403

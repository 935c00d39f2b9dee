"""``manage.py makemessages``: Django's own, which also finds texts marked with ``_lazy``."""

from django.core.management.commands import makemessages


class Command(makemessages.Command):
    """Collect texts to translate."""

    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=_lazy"]

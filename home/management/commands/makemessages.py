"""``manage.py makemessages``: Django's own, which also finds texts marked with ``_lazy`` and guesses no translation."""

from django.core.management.commands import makemessages


class Command(makemessages.Command):
    """Collect texts to translate."""

    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=_lazy"]
    # A guess marked fuzzy is work for whoever looks at it, and never shown.
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]

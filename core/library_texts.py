"""Texts that a library shows to people and has not translated into each of our languages.

Marked here, they stand in our catalogues, which come before those of the libraries. Django 5.2 lacks them in Arabic.
"""

from django.utils.translation import gettext_noop, ngettext_lazy

__all__: list[str] = []

gettext_noop("Conflicting form data submitted. Please try again.")
gettext_noop("Constraint “%(name)s” is violated.")
gettext_noop("Ensure this value is a multiple of step size %(limit_value)s.")
gettext_noop("Enter a valid %(protocol)s address.")
gettext_noop("Enter a valid domain name.")
gettext_noop("%(model)s instance with %(field)s %(value)r is not a valid choice.")
ngettext_lazy(
    "This password is too short. It must contain at least %d character.",
    "This password is too short. It must contain at least %d characters.",
)
ngettext_lazy("Please submit at least %(num)d form.", "Please submit at least %(num)d forms.")
ngettext_lazy("Please submit at most %(num)d form.", "Please submit at most %(num)d forms.")

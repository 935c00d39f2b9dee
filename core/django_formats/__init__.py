"""How Django and Wagtail write days and times by themselves (lists of the admin): as ``core.formats`` does."""

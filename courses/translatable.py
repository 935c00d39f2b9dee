"""What wagtail-localize may do with a field, where neither “translate” nor “synchronise” fits."""

from wagtail_localize.fields import BaseTranslatableField

__all__ = ["OwnInEachLanguageField"]


class OwnInEachLanguageField(BaseTranslatableField):
    """A field that names translatable things, so that each language names its own.

    wagtail-localize leaves it alone, as it has no answer for relations to many; ``translation`` fills it.
    """

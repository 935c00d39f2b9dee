"""Categories and glossary in the admin, under “Catalogue”."""

from django.utils.translation import gettext_lazy as _lazy
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from courses.models import Category, GlossaryTerm

__all__ = ["CatalogueGroup"]


class CategoryViewSet(SnippetViewSet):
    model = Category
    icon = "folder-open-inverse"
    menu_label = _lazy("Categories")
    list_display = ["title", "slug", "locale"]
    list_filter = ["locale"]
    ordering = ["title"]


class GlossaryTermViewSet(SnippetViewSet):
    model = GlossaryTerm
    icon = "help"
    menu_label = _lazy("Glossary")
    list_display = ["term", "definition", "locale"]
    list_filter = ["locale"]
    ordering = ["term"]


class CatalogueGroup(SnippetViewSetGroup):
    """One menu entry for the words that courses share."""

    items = (CategoryViewSet, GlossaryTermViewSet)
    menu_label = _lazy("Catalogue")
    menu_icon = "list-ul"
    menu_order = 200

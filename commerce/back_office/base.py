"""What lists and pages of the back office are made of: rows to look at, sheets about one of them, buttons that act."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from django.contrib.admin.utils import label_for_field, quote
from django.http import HttpRequest
from django.template.defaultfilters import yesno
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.views.generic import TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail_modeladmin.helpers import ButtonHelper, PermissionHelper
from wagtail_modeladmin.options import ModelAdmin
from wagtail_modeladmin.views import IndexView, InspectView

from commerce.back_office.views import ActionView
from core import formats
from core.money import Money

__all__ = [
    "ActionButtons",
    "Code",
    "LookOnly",
    "LookedAtOnly",
    "Page",
    "RowActionView",
    "RowView",
    "Sheet",
    "SheetAdmin",
    "Table",
    "amount",
    "badge",
    "day",
    "link",
    "sheet_link",
    "sheet_url",
    "when",
    "yes_no",
]


class LookOnly(PermissionHelper):
    """Rows are looked at; what changes them are buttons of their own."""

    #: Who may look, where it isn't the model's own view permission.
    right: ClassVar[str] = ""

    def user_can_list(self, user: Any) -> bool:
        return user.has_perm(self.right or f"commerce.view_{self.opts.model_name}")

    def user_can_create(self, user: Any) -> bool:
        return False

    def user_can_inspect_obj(self, user: Any, obj: Any) -> bool:
        return self.inspect_view_enabled and self.user_can_list(user)

    def user_can_edit_obj(self, user: Any, obj: Any) -> bool:
        return False

    def user_can_delete_obj(self, user: Any, obj: Any) -> bool:
        return False


class ActionButtons(ButtonHelper):
    """Adds buttons that lead to the pages of ``commerce.back_office.views``."""

    def get_buttons_for_obj(self, obj: Any, *args: Any, **kwargs: Any) -> list[dict[str, Any]]:
        return [*super().get_buttons_for_obj(obj, *args, **kwargs), *self.more(obj)]

    def more(self, obj: Any) -> list[dict[str, Any]]:
        """The buttons that this row has at present."""
        return []

    @property
    def is_on_sheet(self) -> bool:
        """Whether the buttons stand on the page of one row, which may ask more of the database than a list."""
        return isinstance(self.view, InspectView)

    def button(self, name: str, label: str, pk: int, *, danger: bool = False) -> dict[str, Any]:
        """One button."""
        extra = ["button-small", "no" if danger else "button-secondary"]
        return {
            "url": reverse(f"commerce_back_office:{name}", args=[pk]),
            "label": label,
            "classname": self.finalise_classname(extra),
            "title": label,
        }


class RowView(InspectView):
    """The page of one row, which may show what the list computes."""

    def get_field_label(self, field_name: str, field: Any = None) -> str:
        return str(label_for_field(field_name, model=self.model, model_admin=self.model_admin))

    def get_field_display_value(self, field_name: str, field: Any = None) -> Any:
        computed = getattr(self.model_admin, field_name, None)
        return computed(self.instance) if callable(computed) else super().get_field_display_value(field_name, field)


class WideIndexView(IndexView):
    """A list as wide as the page, with its filters folded up above it."""

    @property
    def is_filtered(self) -> bool:
        """Whether only some rows are shown, by a filter."""
        return any(name not in _NO_FILTERS for name in self.request.GET)


#: What else an address of a list may carry: search, page, order, export, Wagtail's own.
_NO_FILTERS = frozenset({"q", "p", "o", "e", "export", "locale"})


class LookedAtOnly(ModelAdmin):
    """Without modeladmin's history page: it asks nobody for rights, and what was done stands in the audit log."""

    history_view_enabled = False
    list_per_page = 50
    index_view_class = WideIndexView
    index_template_name = "commerce/back_office/list.html"
    inspect_view_class = RowView

    def get_menu_label(self) -> str:
        """The rows' name as it is written, not With Every Word In Capitals."""
        return str(self.menu_label or capfirst(self.opts.verbose_name_plural))


# Sheets: a page about one row, with all that belongs to it.


@dataclass(frozen=True)
class Table:
    """Rows that belong to the thing; cells are text, or HTML made safe. Shown even when empty, if it says so then."""

    title: str | Promise
    headings: Sequence[str | Promise]
    rows: Sequence[Sequence[Any]]
    empty: str | Promise = ""
    #: Numbers of columns, from 0, that are amounts.
    amounts: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Code:
    """Something for those who know the provider's language, folded up."""

    title: str
    value: Any

    @property
    def text(self) -> str:
        """Indented JSON, in the order it came."""
        return json.dumps(self.value, indent=2, ensure_ascii=False, default=str)


@dataclass(frozen=True)
class Sheet:
    """What a page about one row says. ``facts`` without a value are left out."""

    title: str
    facts: Sequence[tuple[str | Promise, Any]]
    tables: Sequence[Table] = ()
    codes_title: str | Promise = ""
    codes: Sequence[Code] = ()
    #: What somebody should do about it, if anything.
    notice: str | Promise = ""

    def shown_facts(self) -> list[tuple[str | Promise, Any]]:
        """The facts that there is something to say of."""
        return [(label, value) for label, value in self.facts if value not in (None, "")]

    def shown_tables(self) -> list[Table]:
        """The tables that have rows, or that say why they have none."""
        return [table for table in self.tables if table.rows or table.empty]


class SheetView(RowView):
    """Shows the sheet that the list makes of a row."""

    page_title = ""

    def get_page_subtitle(self) -> str:
        return self.sheet.title

    def get_meta_title(self) -> str:
        return self.sheet.title

    @property
    def sheet(self) -> Sheet:
        """Made once a request."""
        if not hasattr(self, "_sheet"):
            self._sheet = self.model_admin.sheet(self.instance, self.request)
        return self._sheet

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "sheet": self.sheet, "fields": ()}

    def get_fields_dict(self) -> list[Any]:
        return []


class SheetAdmin(LookedAtOnly):
    """A list whose rows have sheets."""

    inspect_view_enabled = True
    inspect_view_class = SheetView
    inspect_template_name = "commerce/back_office/sheet.html"
    permission_helper_class = LookOnly
    button_helper_class = ActionButtons

    def sheet(self, obj: Any, request: HttpRequest) -> Sheet:
        """What the page about ``obj`` says."""
        raise NotImplementedError


class RowActionView(ActionView):
    """An action on the row of a sheet: afterwards the sheet is shown again."""

    @property
    def list_url(self) -> str:
        return sheet_url(self.row)


class Page(WagtailAdminTemplateMixin, TemplateView):
    """A page of its own."""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Where this is."""
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]


# Cells


def yes_no(field: str, heading: Any) -> Callable[[Any, Any], str]:
    """A column of a list that says yes or no by a field; Django's own picture for it comes with an admin we lack."""

    def column(_admin: Any, obj: Any) -> str:
        return str(yesno(getattr(obj, field)))

    column.short_description = heading  # type: ignore[attr-defined]
    column.admin_order_field = field  # type: ignore[attr-defined]
    return column


def sheet_url(obj: Any) -> str:
    """Address of the sheet of a row."""
    return reverse(f"{obj._meta.app_label}_{obj._meta.model_name}_modeladmin_inspect", args=[quote(obj.pk)])


def link(url: str, text: Any) -> SafeString:
    """A link."""
    return format_html('<a href="{}">{}</a>', url, text)


def sheet_link(obj: Any, text: Any = None) -> SafeString | str:
    """A link to the sheet of a row; nothing for none."""
    return "" if obj is None else link(sheet_url(obj), obj if text is None else text)


def amount(minor: int | None, currency: str) -> str:
    """An amount, or nothing."""
    return "" if minor is None or not currency else formats.money(Money(minor, currency))


def when(value: datetime | None) -> str:
    """A moment, or nothing."""
    return formats.moment(value, "medium") if value else ""


def day(value: date | None) -> str:
    """A day, or nothing."""
    return formats.day(value, "medium") if value else ""


#: How urgent a state looks, by its code; the others are plain.
_TONES: dict[str, Iterable[str]] = {
    "good": ("succeeded", "paid", "fulfilled", "done", "active", "won", "matched", "resolved"),
    "busy": (
        "created",
        "submitting",
        "awaiting_customer",
        "pending",
        "authorized",
        "placed",
        "approved",
        "requested",
        "trial",
        "draft",
        "stored",
    ),
    "bad": (
        "unknown",
        "mismatch",
        "disputed",
        "reversed",
        "past_due",
        "review",
        "open_difference",
        "lost",
    ),
}
_TONE_OF = {state: tone for tone, states in _TONES.items() for state in states}


def badge(state: str, label: Any, *, tone: str = "") -> SafeString:
    """A state, in a colour beside its words."""
    return format_html(
        '<span class="money-state money-state--{}">{}</span>', tone or _TONE_OF.get(state, "plain"), label
    )

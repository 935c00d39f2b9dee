"""The translators' glossary in the admin: a list with search, and in and out as CSV."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.generic import FormView
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets import HeaderButton

from core.errors import DomainError
from translation import policies
from translation.actions.import_terms import COLUMNS, MAX_BYTES, import_terms
from translation.errors import TableTooLarge
from translation.models import Term

__all__ = ["ImportView", "TermViewSet"]


class TermForm(WagtailAdminModelForm):
    """A term; both languages differ."""

    class Meta:
        model = Term
        fields = ["source_locale", "term", "target_locale", "translation", "note"]
        widgets = {"note": forms.Textarea(attrs={"rows": 2})}

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if found.get("source_locale") and found.get("source_locale") == found.get("target_locale"):
            self.add_error(
                "target_locale", ValidationError(_("A term is translated into another language than its own."))
            )
        return found


class TermIndexView(generic.IndexView):
    """The list, languages loaded with it."""

    def get_base_queryset(self) -> QuerySet[Term]:
        return Term.objects.select_related("source_locale", "target_locale").order_by("term", "pk")

    @property
    def header_more_buttons(self) -> list[Any]:
        buttons = list(super().header_more_buttons)
        if policies.can_keep_terms(self.request.user):
            url = reverse("translation_admin:import_terms")
            buttons.append(HeaderButton(_("Import CSV"), url=url, icon_name="upload", priority=20))
        return buttons


class TermViewSet(ModelViewSet):
    """Terms; exported with the columns that the import reads."""

    model = Term
    icon = "openquote"
    name = "translation_terms"
    url_prefix = "translations/terms"
    menu_label = _lazy("Translators’ terms")
    index_view_class = TermIndexView
    copy_view_enabled = False
    add_to_reference_index = False
    list_per_page = 50
    list_display = [
        TitleColumn(
            "term", label=_lazy("Term"), get_url=lambda term: reverse("translation_terms:edit", args=[term.pk])
        ),
        Column("source_locale", label=_lazy("Language")),
        Column("translation", label=_lazy("Translation")),
        Column("target_locale", label=_lazy("Into")),
        Column("note", label=_lazy("Note")),
    ]
    list_filter = ["source_locale", "target_locale"]
    search_fields = ["term", "translation", "note"]
    list_export = [
        "source_locale.language_code",
        "term",
        "target_locale.language_code",
        "translation",
        "note",
    ]
    #: In no language: the import reads them.
    export_headings = dict(zip(list_export, COLUMNS, strict=True))
    export_filename = "terms"

    def get_form_class(self, for_update: bool = False) -> type[TermForm]:
        return TermForm


class ImportForm(forms.Form):
    """A file."""

    file = forms.FileField(
        label=_lazy("CSV file"),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        help_text=_lazy("In UTF-8, with the columns %(columns)s, as the export writes them."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = str(self.fields["file"].help_text)
        self.fields["file"].help_text = words % {"columns": ", ".join(COLUMNS)}

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise ValidationError(str(TableTooLarge()))
        return file


class ImportView(WagtailAdminTemplateMixin, FormView):
    """Take a table of terms; what was left out is named by its line."""

    template_name = "translation/import_terms.html"
    form_class = ImportForm
    page_title = _lazy("Import terms")
    header_icon = "upload"
    _show_breadcrumbs = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not policies.can_keep_terms(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("translation_admin:index"), "label": _("Translations")},
            {"url": reverse("translation_terms:index"), "label": _("Translators’ terms")},
            {"url": "", "label": self.get_page_title()},
        ]

    def form_valid(self, form: ImportForm) -> HttpResponse:
        try:
            report = import_terms(actor=self.request.user, data=form.cleaned_data["file"].read())
        except DomainError as error:
            form.add_error("file", str(error))
            return self.form_invalid(form)
        words = ngettext("%(count)d term is saved.", "%(count)d terms are saved.", report.added + report.changed)
        messages.success(self.request, words % {"count": report.added + report.changed})
        if not report.problems:
            return redirect("translation_terms:index")
        return self.render_to_response(self.get_context_data(form=ImportForm(), report=report))

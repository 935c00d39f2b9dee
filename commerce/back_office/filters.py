"""Filters that several lists have."""

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import country_name
from commerce.provider_names import provider_name
from commerce.providers.registry import CODES

__all__ = ["CountryFilter", "FormatFilter", "ProviderFilter", "country_shown", "format_name"]

#: Forms of banks' statements as people write them, by ``commerce.providers.statements.read.format_of``.
_FORMATS = {"camt053": "CAMT.053", "mt940": "MT940", "csv": "CSV"}


def country_shown(code: str) -> str:
    """The name of a country; the code itself where it is none that anybody knows."""
    return country_name(code) or code


def format_name(code: str) -> str:
    """The form of a bank's statement, as banks write it; the code itself where it is read no more."""
    return _FORMATS.get(code, code)


class FormatFilter(SimpleListFilter):
    """Forms of statements by their names."""

    title = _lazy("format")
    parameter_name = "format"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(_FORMATS.items())

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        return queryset.filter(format=self.value()) if self.value() else queryset


class CountryFilter(SimpleListFilter):
    """Countries by their names; those that the list has."""

    title = _lazy("country")
    parameter_name = "country"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        codes = model_admin.model.objects.order_by().values_list("country", flat=True).distinct()
        return sorted(((code, country_shown(code)) for code in codes if code), key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        return queryset.filter(country=self.value()) if self.value() else queryset


class ProviderFilter(SimpleListFilter):
    """Providers by their names; all that there are adapters for."""

    title = _lazy("provider")
    parameter_name = "provider"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(code, provider_name(code)) for code in CODES]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        return queryset.filter(provider=self.value()) if self.value() else queryset

"""Filters that several lists have."""

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _lazy

from commerce.provider_names import provider_name
from commerce.providers.registry import CODES

__all__ = ["ProviderFilter"]


class ProviderFilter(SimpleListFilter):
    """Providers by their names; all that there are adapters for."""

    title = _lazy("provider")
    parameter_name = "provider"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(code, provider_name(code)) for code in CODES]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        return queryset.filter(provider=self.value()) if self.value() else queryset

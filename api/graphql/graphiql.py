"""GraphiQL, for people who develop a frontend. Only where DEBUG is on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.generic import View


class GraphiQLView(View):
    """The explorer; its script is bundled from npm into ``static/dist/graphiql``."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show it."""
        return render(request, "api/graphiql.html")

"""What this room adds to Wagtail."""

from django.http import HttpRequest
from django.http.response import Http404
from wagtail import hooks
from wagtail.documents.models import AbstractDocument

from learning.documents import can_download


@hooks.register("before_serve_document")
def serve_documents_to_those_who_may(document: AbstractDocument, request: HttpRequest) -> None:
    """A lesson's files are no more public than the lesson; what one may not have doesn't exist."""
    if not can_download(request.user, document):
        raise Http404

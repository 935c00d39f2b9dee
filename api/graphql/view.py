"""The endpoint: GraphQL over HTTP, JSON only, bounded in every direction.

Follows the GraphQL-over-HTTP draft (September 2025): ``application/graphql-response+json`` with 4xx for requests
that could not be executed, ``application/json`` with 200; queries by GET; mutations by POST only.
"""

import json
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View
from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    NoSchemaIntrospectionCustomRule,
    OperationType,
    SelectionSetNode,
    Source,
    execute_sync,
    get_operation_ast,
    parse,
    specified_rules,
    validate,
)
from rest_framework.exceptions import AuthenticationFailed

from api.authentication import app_user
from api.graphql.context import Context
from api.graphql.errors import format_error
from api.graphql.limits import check_document
from api.graphql.mutations.base import NETWORKED
from api.graphql.persisted import persisted_document
from api.language import answer_language, tell_language

RESPONSE_JSON = "application/graphql-response+json"
PLAIN_JSON = "application/json"


class BadRequest(Exception):
    """A request that is no GraphQL request at all."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


@method_decorator([csrf_exempt, never_cache], name="dispatch")
class GraphQLEndpoint(View):
    """One document a request; no batches, no forms, no uploads.

    Exempt from the CSRF middleware because JSON bodies need a CORS preflight that only configured origins pass; a
    request that carries a session cookie from another origin is refused besides.
    """

    http_method_names = ["get", "post", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer, or say why not, in the media type and the language that the client asked for."""
        language = answer_language(request)
        with override(language):
            media_type = _media_type(request)
            if media_type is None:
                text = _("Accept %(types)s.") % {"types": f"{RESPONSE_JSON}, {PLAIN_JSON}"}
                response = HttpResponse(text, status=406, content_type="text/plain; charset=utf-8")
            elif request.method not in ("GET", "POST"):
                response = _answer({"errors": [{"message": _("Use POST, or GET for queries.")}]}, 405, media_type)
                response["Allow"] = "GET, POST"
            else:
                response, language = self._answered(request, media_type, language)
        tell_language(response, language)
        return response

    def _answered(self, request: HttpRequest, media_type: str, language: str) -> tuple[HttpResponse, str]:
        try:
            context = Context(request=request, user=_user(request))
            language = context.language  # the person's own, where the client names none
            with override(language):
                data, status = self._run(request, context, media_type)
        except BadRequest as error:
            data = {"errors": [{"message": str(error), "extensions": {"code": "BAD_REQUEST"}}]}
            status = error.status
        return _answer(data, status, media_type), language

    def _run(self, request: HttpRequest, context: Context, media_type: str) -> tuple[dict[str, Any], int]:
        query, variables, operation_name = _parameters(request)
        refused = 400 if media_type == RESPONSE_JSON else 200
        try:
            document = _document(query, variables)
        except GraphQLError as error:
            return {"errors": [format_error(error)]}, refused
        operation = get_operation_ast(document, operation_name)
        if operation is None:
            message = (
                _("Name the operation to run in operationName.")
                if not operation_name
                else _("No operation is named “%(name)s”.") % {"name": operation_name[:80]}
            )
            return {"errors": [{"message": message, "extensions": {"code": "BAD_REQUEST"}}]}, refused
        if operation.operation is not OperationType.QUERY and request.method == "GET":
            raise BadRequest(_("Mutations go by POST."), 405)
        if operation.operation is OperationType.SUBSCRIPTION:
            raise BadRequest(_("Subscriptions are not served here."))
        is_mutation = operation.operation is OperationType.MUTATION
        fields = _root_fields(document, operation.selection_set) if is_mutation else []
        networked = next((name for name in fields if name in NETWORKED), "")
        if networked and len(fields) > 1:
            message = _("Send %(name)s in a request of its own.") % {"name": networked}
            return {"errors": [{"message": message, "extensions": {"code": "BAD_REQUEST"}}]}, refused
        is_atomic = is_mutation and not networked
        result = _execute(document, context, variables, operation_name, is_atomic)
        body: dict[str, Any] = {}
        if result.errors:
            body["errors"] = [format_error(error) for error in result.errors]
        if result.data is None and result.errors and all(error.path is None for error in result.errors):
            # Nothing ran: the variables did not fit. No `data` entry, as the draft asks.
            return body, refused
        body["data"] = result.data
        return body, 200


def _execute(
    document: DocumentNode,
    context: Context,
    variables: dict[str, Any] | None,
    operation_name: str | None,
    is_atomic: bool,
) -> ExecutionResult:
    from api.graphql.schema import schema

    def run() -> ExecutionResult:
        # Every resolver is synchronous: this executor doesn't ask each value whether it must be awaited.
        return execute_sync(
            schema.graphql_schema,
            document,
            context_value=context,
            variable_values=variables,
            operation_name=operation_name,
        )

    if not is_atomic:
        return run()
    # One operation is one transaction: an unforeseen error leaves nothing half done. Refusals by the domain come
    # back inside payloads and don't undo what earlier mutations of the document did.
    with transaction.atomic():
        result = run()
        if result.errors:
            transaction.set_rollback(True)
    return result


def _root_fields(document: DocumentNode, selections: SelectionSetNode) -> list[str]:
    """Names of the fields at the root of an operation, in fragments too (validation has seen to it that those end)."""
    fragments = {part.name.value: part for part in document.definitions if isinstance(part, FragmentDefinitionNode)}
    names: list[str] = []
    for selection in selections.selections:
        if isinstance(selection, FieldNode):
            names.append(selection.name.value)
        elif isinstance(selection, FragmentSpreadNode):
            names += _root_fields(document, fragments[selection.name.value].selection_set)
        elif isinstance(selection, InlineFragmentNode):
            names += _root_fields(document, selection.selection_set)
    return names


def _document(query: str, variables: dict[str, Any] | None) -> DocumentNode:
    from api.graphql.schema import schema

    document = parse(
        Source(query),
        max_lexical_tokens=settings.GRAPHQL_MAX_TOKENS,
        max_comments=100,
        max_source_length=settings.GRAPHQL_MAX_BODY_BYTES,
    )
    check_document(document, variables)
    rules = list(specified_rules)
    if not settings.GRAPHQL_INTROSPECTION:
        rules.append(NoSchemaIntrospectionCustomRule)
    errors = validate(schema.graphql_schema, document, rules, max_errors=5)
    if errors:
        raise errors[0]
    return document


def _user(request: HttpRequest) -> Any:
    if request.headers.get("Authorization"):
        try:
            return app_user(request)
        except AuthenticationFailed as error:
            raise BadRequest(
                _("The access token is not valid or has expired. Refresh it, or log in again."), 401
            ) from error
    site = request.headers.get("Sec-Fetch-Site", "none")
    if request.user.is_authenticated and request.method == "POST" and site == "cross-site":
        raise BadRequest(_("Another site may not act for you here. Use an access token."), 403)
    return request.user


def _parameters(request: HttpRequest) -> tuple[str, dict[str, Any] | None, str | None]:
    given = _body(request) if request.method == "POST" else _query_string(request)
    query, variables, name = given.get("query"), given.get("variables"), given.get("operationName")
    document_id = given.get("documentId")
    if document_id is not None:
        query = persisted_document(document_id) if isinstance(document_id, str) else None
        if query is None:
            raise BadRequest(_("No document is registered under this documentId."), 404)
    elif settings.GRAPHQL_PERSISTED_ONLY:
        raise BadRequest(_("Only registered documents are served here. Send documentId."), 403)
    if not isinstance(query, str) or not query.strip():
        raise BadRequest(_("Send the document as the string `query`."))
    if variables is not None and not isinstance(variables, dict):
        raise BadRequest(_("`%(name)s` must be an object.") % {"name": "variables"})
    if name is not None and not isinstance(name, str):
        raise BadRequest(_("`%(name)s` must be a string.") % {"name": "operationName"})
    if given.get("extensions") is not None and not isinstance(given["extensions"], dict):
        raise BadRequest(_("`%(name)s` must be an object.") % {"name": "extensions"})
    return query, variables, name or None


def _body(request: HttpRequest) -> dict[str, Any]:
    if request.content_type not in (PLAIN_JSON, RESPONSE_JSON):
        raise BadRequest(_("Send Content-Type: application/json."), 415)
    charset = (request.content_params or {}).get("charset", "utf-8").strip('"').lower()
    if charset not in ("utf-8", "utf8"):
        raise BadRequest(_("Send UTF-8."), 415)
    if int(request.headers.get("Content-Length") or 0) > settings.GRAPHQL_MAX_BODY_BYTES:
        raise BadRequest(_("At most %(limit)d bytes in one request.") % {"limit": settings.GRAPHQL_MAX_BODY_BYTES}, 413)
    raw = request.read(settings.GRAPHQL_MAX_BODY_BYTES + 1)
    if len(raw) > settings.GRAPHQL_MAX_BODY_BYTES:
        raise BadRequest(_("At most %(limit)d bytes in one request.") % {"limit": settings.GRAPHQL_MAX_BODY_BYTES}, 413)
    try:
        given = json.loads(raw.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BadRequest(_("The body is not valid JSON in UTF-8.")) from error
    if not isinstance(given, dict):
        raise BadRequest(_("Send one JSON object; batches are not served."))
    return given


def _query_string(request: HttpRequest) -> dict[str, Any]:
    given: dict[str, Any] = {
        key: request.GET[key] for key in ("query", "operationName", "documentId") if key in request.GET
    }
    for key in ("variables", "extensions"):
        if text := request.GET.get(key):
            try:
                given[key] = json.loads(text, parse_constant=_no_constant)
            except (ValueError, RecursionError) as error:
                raise BadRequest(_("`%(name)s` is not valid JSON.") % {"name": key}) from error
    return given


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _media_type(request: HttpRequest) -> str | None:
    accept = request.headers.get("Accept")
    if not accept:
        return PLAIN_JSON
    for media_type in (RESPONSE_JSON, PLAIN_JSON):
        if request.accepts(media_type):
            # `*/*` is accepted by both: the draft's default for it is the newer type from 2025 on; clients that
            # send nothing more exact are older tools, which read plain JSON.
            if media_type == RESPONSE_JSON and RESPONSE_JSON not in accept:
                continue
            return media_type
    return None


def _answer(body: dict[str, Any], status: int, media_type: str) -> HttpResponse:
    response = HttpResponse(
        json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(),
        status=status,
        content_type=f"{media_type}; charset=utf-8",
    )
    response["X-Content-Type-Options"] = "nosniff"
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="api"'
    return response

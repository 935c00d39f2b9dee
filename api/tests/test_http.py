"""GraphQL over HTTP: media types, methods, limits, tokens, masking."""

import hashlib
import json
from pathlib import Path
from unittest import mock

import pytest
from django.test import Client

from api.tests.calls import ask, client_of, person

pytestmark = pytest.mark.django_db
JSON = "application/json"
RESPONSE = "application/graphql-response+json"


def post(body: object, *, client: Client | None = None, content_type: str = JSON, **headers: str):
    raw = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return (client or Client()).post("/graphql/", raw, content_type=content_type, headers=headers)


def test_answers_in_the_media_type_asked_for() -> None:
    body = {"query": "{ __typename }"}
    assert post(body, accept=RESPONSE)["Content-Type"] == f"{RESPONSE}; charset=utf-8"
    assert post(body, accept=JSON)["Content-Type"] == f"{JSON}; charset=utf-8"
    assert post(body, accept="*/*")["Content-Type"] == f"{JSON}; charset=utf-8"
    assert post(body)["Content-Type"] == f"{JSON}; charset=utf-8"
    assert post(body, accept="text/html").status_code == 406


def test_a_document_that_cannot_run_is_400_in_the_new_type_and_200_in_the_old() -> None:
    for query in ("{", "{ nonsense }", "query ($n: Int!) { courses(first: $n) { totalCount } }"):
        assert post({"query": query}, accept=RESPONSE).status_code == 400
        old = post({"query": query}, accept=JSON)
        assert old.status_code == 200
        assert "data" not in old.json()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (" ", 400),
        ("[]", 400),
        ("null", 400),
        ('"x"', 400),
        ("{", 400),
        ('{"query": 1}', 400),
        ('{"query": ""}', 400),
        ('{"query": "{ __typename }", "variables": "x"}', 400),
        ('{"query": "{ __typename }", "variables": [1]}', 400),
        ('{"query": "{ __typename }", "operationName": 1}', 400),
        ('{"query": "{ __typename }", "extensions": 1}', 400),
        ('[{"query": "{ __typename }"}]', 400),
        ("[" * 90_000, 400),
        (b"\xff\xfe", 400),
        ('{"query": NaN}', 400),
        ('{"query": "' + "x" * 200_000 + '"}', 413),
    ],
)
def test_bad_bodies_are_refused_with_words(body: object, status: int) -> None:
    response = post(body)
    assert response.status_code == status
    assert response.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", ""]
)
def test_only_json_bodies(content_type: str) -> None:
    assert post("query={__typename}", content_type=content_type or "application/octet-stream").status_code == 415


def test_queries_by_get_mutations_never() -> None:
    assert Client().get("/graphql/", {"query": "{ __typename }"}).json() == {"data": {"__typename": "Query"}}
    response = Client().get("/graphql/", {"query": 'mutation { completeLesson(input: {lessonId: "x"}) { progress } }'})
    assert response.status_code == 405
    assert Client().put("/graphql/").status_code == 405


def test_session_of_another_site_is_not_used() -> None:
    client = client_of(person("ada@example.com"))
    assert post({"query": "{ me { id } }"}, client=client, **{"sec-fetch-site": "cross-site"}).status_code == 403
    assert post({"query": "{ me { id } }"}, client=client, **{"sec-fetch-site": "same-origin"}).status_code == 200


@pytest.mark.parametrize("header", ["Bearer x", "Bearer ", "Basic abc", "Bearer a.b.c", "Bearer " + "x" * 9000])
def test_wrong_token_is_401_not_a_visitor(header: str) -> None:
    response = post({"query": "{ me { id } }"}, authorization=header)
    assert response.status_code == 401
    assert "WWW-Authenticate" in response


def test_unforeseen_fault_is_masked_and_referenced(caplog) -> None:
    with mock.patch("courses.queries.catalogue.find_courses", side_effect=RuntimeError("password=hunter2")):
        answer = ask(Client(), "{ courses { totalCount } }")
    error = answer["errors"][0]
    assert error["extensions"]["code"] == "INTERNAL"
    assert error["extensions"]["reference"] in error["message"]
    assert "hunter2" not in json.dumps(answer)
    assert error["extensions"]["reference"] in caplog.text


def test_introspection_is_off_where_it_is_switched_off(settings) -> None:
    settings.GRAPHQL_INTROSPECTION = False
    assert "errors" in ask(Client(), "{ __schema { types { name } } }")
    assert "errors" not in ask(Client(), "{ __typename }")
    settings.GRAPHQL_INTROSPECTION = True
    assert "errors" not in ask(Client(), "{ __schema { types { name } } }")


def test_persisted_documents(settings, tmp_path: Path) -> None:
    text = "query Name { __typename }"
    (tmp_path / "name.graphql").write_text(text)
    settings.GRAPHQL_PERSISTED_DIR = str(tmp_path)
    key = f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
    assert post({"documentId": key}).json() == {"data": {"__typename": "Query"}}
    assert post({"documentId": "sha256:0"}).status_code == 404
    settings.GRAPHQL_PERSISTED_ONLY = True
    assert post({"query": "{ __typename }"}).status_code == 403
    assert post({"documentId": key}).status_code == 200


def test_too_many_tokens_are_refused_while_lexing(settings) -> None:
    settings.GRAPHQL_MAX_TOKENS = 50
    assert "errors" in ask(Client(), "{ " + "me { id } " * 20 + "}")


def test_mutations_of_one_document_fail_together_on_a_fault() -> None:
    from commerce.models import Enrollment
    from courses.keys import page_public_id
    from courses.tests.factories import make_course

    course = make_course()
    client = client_of(person("ada@example.com"))
    query = """mutation ($id: ID!) { enrollInCourse(input: {courseId: $id}) { enrollment { id } }
        completeLesson(input: {lessonId: $id}) { progress } }"""
    with mock.patch("api.graphql.mutations.learning.complete_lesson", side_effect=RuntimeError("boom")):
        answer = ask(client, query, id=page_public_id(course))
    assert answer["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert not Enrollment.objects.exists()

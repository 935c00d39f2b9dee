"""Judges from outside: graphql-http's audit suite, and schemathesis on both schemas."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver
from schemathesis.checks import not_a_server_error

from api.graphql.schema import schema as graphene_schema
from api.tests.calls import client_of, person
from courses.models import CourseMember
from courses.tests.factories import make_course, make_path

ROOT = Path(__file__).resolve().parent.parent.parent
#: Addresses of the API that OpenAPI doesn't describe.
NOT_REST = ("graphql", "openapi", "webhook")
EXAMPLES = hypothesis.settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(hypothesis.HealthCheck),
    phases=[hypothesis.Phase.generate],
)


def node() -> str:
    """The machine's Node, or the one that the set-up put into the virtual environment."""
    found = shutil.which("node") or shutil.which("node", path=str(ROOT / ".venv/bin"))
    assert found, "Node is missing: run make test, which sets it up"
    return found


@pytest.mark.django_db(transaction=True)
def test_graphql_http_audit_passes_every_must_and_should(live_server: Any, settings: Any) -> None:
    settings.GRAPHQL_INTROSPECTION = True  # one audit asks for a type by name
    done = subprocess.run(
        [node(), str(ROOT / "api/tests/graphql_http_audit.mjs"), f"{live_server.url}/graphql/"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)
    assert len(results) >= 50
    wrong = [r for r in results if r["status"] != "ok" and r["name"].startswith(("MUST", "SHOULD"))]
    assert not wrong, json.dumps(wrong, indent=1)


@pytest.fixture
def school(settings: Any) -> None:
    """Something to find, and every limit as in production but introspection, which the generator reads."""
    settings.GRAPHQL_INTROSPECTION = True
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_CLASSES": []}
    course = make_course("Loops", modules=1, lessons=1, quiz=True)
    make_path([course])
    teacher = person("teacher@example.com")
    CourseMember.objects.create(course_key=course.translation_key, user=teacher, role="owner")


def every_operation(schema: Any, check: Callable[[Any], None]) -> int:
    """Call ``check`` with generated cases of each operation; how many operations there were."""
    operations = [found.ok() for found in schema.get_all_operations()]
    for operation in operations:
        EXAMPLES(hypothesis.given(case=operation.as_strategy())(check))()
    return len(operations)


@pytest.mark.django_db(transaction=True)  # a real WSGI application closes its connections
def test_rest_never_faults(school: None) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app=get_wsgi_application())

    def check(case: Any) -> None:
        case.call_and_validate(checks=[not_a_server_error])

    assert every_operation(schema, check) == len(get_resolver("api.urls").url_patterns) - len(NOT_REST)


@pytest.mark.django_db(transaction=True)  # a real WSGI application closes its connections
def test_graphql_never_faults(school: None) -> None:
    schema = schemathesis.graphql.from_wsgi("/graphql/", app=get_wsgi_application())
    cookie = f"sessionid={client_of(person('learner@example.com')).session.session_key}"

    def check(case: Any) -> None:
        response = case.call(headers={"Cookie": cookie})
        assert response.status_code < 500
        for error in response.json().get("errors", []):
            assert error.get("extensions", {}).get("code") != "INTERNAL", error

    fields = [*graphene_schema.query._meta.fields, *graphene_schema.mutation._meta.fields]
    assert every_operation(schema, check) == len(fields)

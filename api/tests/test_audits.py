"""Judges from outside: graphql-http's audit suite, and schemathesis on both schemas."""

import itertools
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

from accounts.tests.factories import PASSWORD
from accounts.tests.headless import App
from api.graphql.schema import schema as graphene_schema
from api.rest.tus import PIECE_TYPE
from api.tests.calls import client_of, person
from courses.models import CourseMember
from courses.tests.factories import make_course, make_path
from videos.tests.conftest import video_folders
from videos.tests.sending import begin, instructor
from videos.uploads import open_uploads

__all__ = ["video_folders"]

# Pieces of files go out as the bytes that were thought up.
schemathesis.serializer.alias(PIECE_TYPE, "application/octet-stream")

ROOT = Path(__file__).resolve().parent.parent.parent
#: Addresses of the API that OpenAPI doesn't describe.
NOT_REST = ("graphql", "openapi", "webhook", "cloudinary_webhook")
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


def every_operation(schema: Any, check: Callable[[Any], None]) -> list[Any]:
    """Call ``check`` with generated cases of each operation; returns the operations."""
    operations = [found.ok() for found in schema.get_all_operations()]
    for operation in operations:
        EXAMPLES(hypothesis.given(case=operation.as_strategy())(check))()
    return operations


@pytest.mark.django_db(transaction=True)  # a real WSGI application closes its connections
def test_rest_never_faults(school: None) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app=get_wsgi_application())

    def check(case: Any) -> None:
        case.call_and_validate(checks=[not_a_server_error])

    addresses = {operation.path for operation in every_operation(schema, check)}
    assert len(addresses) == len(get_resolver("api.urls").url_patterns) - len(NOT_REST)


@pytest.mark.django_db(transaction=True)  # a real WSGI application closes its connections
def test_uploads_never_fault_for_who_may_upload(school: None, video_folders: Path, settings: Any) -> None:
    """Pieces that were thought up go to an upload that is there, half of them where it goes on."""
    settings.VIDEO_OPEN_UPLOADS = 1000
    owner = instructor()
    app = App()
    app.log_in(owner.email, PASSWORD)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app=get_wsgi_application())
    numbers = itertools.count()
    statuses = set()

    def check(case: Any) -> None:
        headers = {"Authorization": f"Bearer {app.access_token}"}
        if "upload" in case.path_parameters:
            upload = open_uploads(owner).filter(size=100_000).first() or begin(owner, 100_000)
            case.path_parameters["upload"] = str(upload.public_id)
            if next(numbers) % 2:
                case.headers.pop("Upload-Checksum", None)
                headers |= {"Tus-Resumable": "1.0.0", "Upload-Offset": str(upload.offset)}
        response = case.call_and_validate(headers=headers, checks=[not_a_server_error])
        statuses.add((case.method, response.status_code))

    assert len(every_operation(schema.include(path_regex="/uploads/"), check)) == 7
    assert {("GET", 200), ("PATCH", 204), ("DELETE", 204), ("POST", 201)} <= statuses


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
    assert len(every_operation(schema, check)) == len(fields)

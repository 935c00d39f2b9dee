"""Knocking at an address as somebody, and what came of it."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

from django.contrib.messages import ERROR, get_messages
from django.core import mail
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from accounts.tests.factories import PASSWORD
from accounts.tests.headless import App
from courses.tests.questions import KEY_WORD
from tests.roles.forms import form
from tests.roles.people import WHO, Outcome
from tests.roles.rows import Row
from tests.roles.school import DRAFT, SECRETS, World

__all__ = ["Knock", "Knocker", "differences", "leaks", "written_tables"]

LET_IN = (Outcome.ALLOWED, Outcome.WRITTEN)
_WRITE = re.compile(r'\s*(?:INSERT (?:OR IGNORE )?INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.IGNORECASE)
#: Addresses of the website that scripts post JSON to.
_BY_SCRIPT = ("home:play_video", "home:watched_video")
#: Housekeeping that says nothing about the school's data: log-ins, who is editing what, Django's own
#: names of models, pictures in other sizes.
_HOUSEKEEPING = {"django_session", "wagtailadmin_editingsession", "django_content_type", "wagtailimages_rendition"}


@dataclass
class Knock:
    """One answer: what it says, and what it did."""

    who: str
    response: Any
    writes: list[str]
    mails: int
    override: str = ""  #: the outcome, where a 200 says something else inside (GraphQL)
    body: str = field(init=False)

    def __post_init__(self) -> None:
        response = self.response
        content = b"".join(response.streaming_content) if response.streaming else response.content
        self.body = content.decode("utf-8", "replace")

    @property
    def outcome(self) -> str:
        """One letter, see :class:`~tests.roles.people.Outcome`; an unexpected status as it is."""
        response, status = self.response, self.response.status_code
        if self.override:
            return self.override
        location = response.headers.get("Location", "")
        if status == 401 or (status == 302 and "/login/" in location):
            return Outcome.LOGIN
        if status == 403 or (status == 302 and self._was_told_off()):
            return Outcome.REFUSED
        if status in (400, 409, 412, 422):
            return Outcome.INVALID
        if status == 404:
            return Outcome.HIDDEN
        if status == 405:
            return Outcome.METHOD
        if status < 400:
            return Outcome.WRITTEN if self.writes else Outcome.ALLOWED
        return str(status)

    def _was_told_off(self) -> bool:
        """Led on, but with an error for a message: the refusal of forms without script, and Wagtail's."""
        return any(message.level >= ERROR for message in get_messages(self.response.wsgi_request))

    @property
    def left_traces(self) -> str:
        """What was written or sent, for a message; empty when nothing was."""
        return "".join([f" wrote {self.writes}" if self.writes else "", f" sent {self.mails} mails" * bool(self.mails)])


class Knocker:
    """Clients of everybody, logged in once; every knock is undone."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.clients = {who: Client(raise_request_exception=False) for who in (*WHO, *world.people)}
        for who, person in world.people.items():
            self.clients[who].force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        self.tokens = {who: _access_token(person) for who, person in world.people.items()}

    def knock(self, who: str, method: str, url: str, data: Any = None, **kwargs: Any) -> Knock:
        """Ask ``url`` as ``who``; the database is afterwards as it was."""
        return _knock(self.clients[who], who, method, url, data, **kwargs)

    def send(self, who: str, row: Row) -> Knock:
        """Ask what a row of the admin's or the website's table asks."""
        url, data = row.url(self.world), form(self.world, row.form)
        if row.method == "PUT":
            return self.knock(who, "PUT", url, encode_multipart(BOUNDARY, data), content_type=MULTIPART_CONTENT)
        is_json = row.method == "PATCH" or (row.method == "POST" and ("_api:" in row.name or row.name in _BY_SCRIPT))
        if is_json:
            return self.knock(who, row.method, url, json.dumps(data), content_type="application/json")
        return self.knock(who, row.method, url, data)

    def send_as_app(self, who: str, row: Row) -> Knock:
        """The same as an app does: JSON, or a form with a file; the access token instead of a cookie."""
        url, data = row.url(self.world), form(self.world, row.form)
        headers = {"authorization": f"Bearer {self.tokens[who]}"} if who in self.tokens else {}
        client, kind = Client(raise_request_exception=False), "application/json"
        if row.method == "GET":
            return _knock(client, who, "GET", url, headers=headers)
        if any(isinstance(value, UploadedFile) for value in data.values()):
            return _knock(client, who, row.method, url, data, headers=headers)
        return _knock(client, who, row.method, url, json.dumps(data), content_type=kind, headers=headers)


def _knock(client: Client, who: str, method: str, url: str, data: Any = None, **kwargs: Any) -> Knock:
    mail.outbox.clear()
    cookies = SimpleCookie[str]()
    cookies.update(client.cookies)
    with undone(), written_tables() as writes:
        response = getattr(client, method.lower())(url, data, **kwargs)
        found = Knock(who, response, [], len(mail.outbox))
    found.writes = [table for table in writes if table not in _HOUSEKEEPING]
    client.cookies = cookies
    return found


def _access_token(person: Any) -> str:
    app = App()
    app.log_in(person.email, PASSWORD)
    return app.access_token


@contextmanager
def undone() -> Iterator[None]:
    """Roll the block back to where it began."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def written_tables() -> Iterator[list[str]]:
    """Collect the tables that the block inserts into, updates or deletes from.

    Stricter than counting rows: an update shows, and so does a row added here and removed there.
    """
    tables: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = _WRITE.match(sql)
        if found and found[1] not in tables:
            tables.append(found[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield tables


def leaks(row: Row, found: Knock, *, is_editor: bool = False) -> list[str]:
    """Words in the answer that are secret from who asked. What they said themselves in the address is no news.

    Args:
        is_editor: it is the admin, where authors and reviewers read keys; elsewhere nobody does, unless the row says.
    """
    text, asked = found.body.casefold(), found.response.wsgi_request.get_full_path().casefold()
    secrets = dict(SECRETS)
    if row.shows_key and found.outcome in LET_IN:
        del secrets[KEY_WORD]
    elif not is_editor:
        secrets[KEY_WORD] = set()
    if row.shows_draft and found.outcome in LET_IN:
        del secrets[DRAFT]
    return [
        word
        for word, readers in secrets.items()
        if found.who not in readers and word.casefold() in text and word.casefold() not in asked
    ]


def differences(row: Row, knocks: list[Knock], *, is_editor: bool = False) -> list[str]:
    """Everything that isn't as the row says; a denial that leaves traces and a leak are differences, too."""
    found = []
    for knock in knocks:
        outcome, wanted = knock.outcome, row.expected[knock.who]
        if outcome != wanted:
            found.append(f"{row}: {knock.who} expected {wanted}, got {outcome}{knock.left_traces}")
        elif wanted not in LET_IN and knock.left_traces:
            found.append(f"{row}: {knock.who} was denied, but it{knock.left_traces}")
        if words := leaks(row, knock, is_editor=is_editor):
            found.append(f"{row}: {knock.who} reads {words}")
    return found

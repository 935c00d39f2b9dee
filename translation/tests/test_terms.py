"""The translators' glossary: kept in the admin, out and in as CSV."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from wagtail.models import Locale

from accounts.tests.factories import make_person
from core.models import AuditEntry
from courses.roles import prepare
from courses.tests.authoring import instructor
from courses.tests.factories import make_school
from translation.actions.import_terms import MAX_BYTES, MAX_ROWS, import_terms
from translation.errors import BrokenTable, NotATranslator, TableTooLarge
from translation.models import Term

pytestmark = pytest.mark.django_db

HEADING = "source_language,term,target_language,translation,note\n"


@pytest.fixture(autouse=True)
def _languages() -> None:
    for language in ("en", "fr"):
        make_school(language)
    prepare()


def translator() -> Any:
    return make_person(roles=("translator",))


def login(person: Any) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def make_term(term: str, translation: str, note: str = "") -> Term:
    english, french = (Locale.objects.get(language_code=code) for code in ("en", "fr"))
    return Term.objects.create(
        source_locale=english, term=term, target_locale=french, translation=translation, note=note
    )


def test_terms_are_added_searched_and_refused_in_the_same_language() -> None:
    client = login(translator())
    english, french = (Locale.objects.get(language_code=code) for code in ("en", "fr"))
    form = {"source_locale": english.pk, "term": "branch", "target_locale": french.pk, "translation": "branche"}
    client.post(reverse("translation_terms:add"), {**form, "target_locale": english.pk})
    assert not Term.objects.exists()
    client.post(reverse("translation_terms:add"), form)
    client.post(reverse("translation_terms:add"), form)
    assert Term.objects.get().translation == "branche"
    make_term("commit", "valider")
    found = client.get(reverse("translation_terms:index"), {"q": "branc"}).content.decode()
    assert "branche" in found
    assert "valider" not in found


def test_list_costs_the_same_at_10_and_50_terms(django_assert_num_queries: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = login(translator())
    costs = []
    for count in (10, 40):
        for number in range(count):
            make_term(f"term {count}-{number}", "mot")
        client.get(reverse("translation_terms:index"))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("translation_terms:index")).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_export_can_be_imported_again() -> None:
    make_term("branch", "branche", "féminin; «une branche»")
    make_term("a, b", 'dit "c"')
    client = login(translator())
    answered = client.get(reverse("translation_terms:index"), {"export": "csv"})
    data = b"".join(answered.streaming_content)
    assert data.decode("utf-8-sig").splitlines()[0] == HEADING.strip()
    report = import_terms(actor=translator(), data=data)
    assert (report.added, report.changed, report.unchanged, report.problems) == (0, 0, 2, [])
    Term.objects.all().delete()
    assert import_terms(actor=translator(), data=data).added == 2
    assert Term.objects.get(term="branch").note == "féminin; «une branche»"


def test_import_adds_changes_and_names_the_lines_that_it_left_out() -> None:
    make_term("branch", "branchement")
    rows = [
        "en,branch,fr,branche,",
        "en,commit,fr,valider,verb",
        "xx,merge,fr,fusionner,",
        "en,merge,en,merge,",
        f"en,{'x' * 101},fr,long,",
        "en,,fr,vide,",
        "en,commit,fr,commettre,",
    ]
    data = (HEADING + "\n".join(rows)).encode()
    report = import_terms(actor=translator(), data=data)
    assert (report.added, report.changed, report.unchanged) == (1, 1, 0)
    assert [problem.line for problem in report.problems] == [4, 5, 6, 7]
    assert "xx" in report.problems[0].message
    assert dict(Term.objects.values_list("term", "translation")) == {"branch": "branche", "commit": "commettre"}
    assert AuditEntry.objects.filter(verb="translation.terms_imported").count() == 1


@pytest.mark.parametrize("separator", [";", "\t"])
def test_import_reads_what_spreadsheets_write(separator: str) -> None:
    text = "\ufeff" + HEADING + "en,branch,fr,branche,\r\n"
    assert import_terms(actor=translator(), data=text.replace(",", separator).encode()).added == 1


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"a,b\n1,2\n", HEADING.encode() + b'en,"open', b"\x00"])
def test_import_refuses_what_is_no_table(data: bytes) -> None:
    with pytest.raises(BrokenTable):
        import_terms(actor=translator(), data=data)
    assert not Term.objects.exists()


def test_import_has_limits_and_wants_the_role() -> None:
    with pytest.raises(TableTooLarge):
        import_terms(actor=translator(), data=b"x" * (MAX_BYTES + 1))
    many = HEADING + "".join(f"en,t{number},fr,m,\n" for number in range(MAX_ROWS + 1))
    with pytest.raises(TableTooLarge):
        import_terms(actor=translator(), data=many.encode())
    for person in (make_person(), instructor()):
        with pytest.raises(NotATranslator):
            import_terms(actor=person, data=(HEADING + "en,a,fr,b,\n").encode())
    assert not Term.objects.exists()


def test_import_screen_shows_what_was_left_out() -> None:
    client = login(translator())
    url = reverse("translation_admin:import_terms")
    file = SimpleUploadedFile("t.csv", (HEADING + "en,branch,fr,branche,\nxx,a,fr,b,\n").encode())
    page = client.post(url, {"file": file}).content.decode()
    assert "<strong>Line 3</strong>" in page
    assert Term.objects.count() == 1
    broken = client.post(url, {"file": SimpleUploadedFile("t.csv", b"nothing")}).content.decode()
    assert "This is not a table of terms." in broken
    assert login(instructor()).get(url).status_code == 302

"""The translators' screens: what they show, whom they let in, and that they cost the same however long a course is."""

from typing import Any

import polib
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail_localize.models import StringTranslation

from accounts.tests.factories import make_person
from core.dispatch import dispatch
from courses.actions import approve_course, request_changes
from courses.models import CourseMember, CoursePage, LessonPage, ModulePage
from courses.roles import prepare
from courses.tests.authoring import draft_course, instructor, reviewer
from courses.tests.factories import add_lesson, add_module, make_course, make_school
from courses.tests.questions import question, rich_text
from translation import actions
from translation.actions.import_po import MAX_BYTES
from translation.back_office.fields import LONGEST, fingerprint
from translation.models import CourseTranslationJob, PageTranslation
from translation.queries import page_strings

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

TEXT = "Put <b>plain</b> words here."


def translator() -> Any:
    return make_person(roles=("translator",))


def login(person: Any) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def school(*languages: str) -> None:
    for language in ("en", *languages):
        make_school(language)
    prepare()


def course_of(lessons: int = 2, *, texts: int = 1, title: str = "Weaving") -> CoursePage:
    """A published course with one module; each lesson has as many paragraphs."""
    course = make_course(title)
    module = add_module(course, "Looms")
    for number in range(1, lessons + 1):
        body = [rich_text(f"<p>Text {place} of {number}.</p>") for place in range(1, texts)]
        add_lesson(module, f"Lesson {number}", body=[*body, rich_text(f"<p>{TEXT}</p>")])
    return course


def submit(course: CoursePage, *languages: str, django_capture: Any) -> None:
    with django_capture(execute=True):
        actions.submit_course_for_translation(
            actor=translator(), course_key=course.translation_key, languages=languages or ("fr",)
        )


def lesson_of(course: CoursePage) -> LessonPage:
    found = LessonPage.objects.descendant_of(course).order_by("path").first()
    assert found is not None
    return found


def row_of(page: Any, text: str, language: str = "fr") -> Any:
    return next(row for row in page_strings(page.translation_key, language).rows if text in row.source_text)


def address(name: str, page: Any, language: str | None = "fr", *more: Any) -> str:
    arguments = [page.translation_key, *([language] if language else []), *more]
    return reverse(f"translation_admin:{name}", args=arguments)


def cost(client: Client, url: str) -> int:
    client.get(url)  # once before: content types, sites, profiles
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.fixture
def submitted(django_capture_on_commit_callbacks: Any) -> CoursePage:
    """A course in French, nothing translated."""
    school("fr", "ar")
    course = course_of()
    submit(course, django_capture=django_capture_on_commit_callbacks)
    return course


def test_home_of_a_translator_shows_courses_and_their_languages(submitted: CoursePage) -> None:
    text = login(translator()).get("/admin/").content.decode()
    assert "Weaving" in text
    assert address("desk", submitted) in text
    assert "French" in text
    assert "Waits for translators" in text
    assert reverse("translation_admin:index") in text


def test_home_and_menu_of_others_stay_as_they_are(submitted: CoursePage) -> None:
    for person in (reviewer(), make_person(roles=("support",))):
        assert reverse("translation_admin:index") not in login(person).get("/admin/").content.decode()


def test_author_without_the_role_translates_their_own_course_only(submitted: CoursePage) -> None:
    owner, other = instructor(), instructor()
    CourseMember.objects.create(course_key=submitted.translation_key, user=owner, role="owner")
    lesson = lesson_of(submitted)
    for url in (address("desk", submitted), address("strings", lesson), address("course", submitted, None)):
        assert login(owner).get(url).status_code == 200
        assert login(other).get(url).status_code == 302
    row = row_of(lesson, "plain")
    answered = login(other).post(address("save_string", lesson, "fr", row.segment_id), {"text": "Non"})
    assert answered.status_code == 302
    assert not StringTranslation.objects.exists()


def test_translator_does_not_see_a_course_that_is_not_published() -> None:
    school("fr")
    draft = draft_course(instructor(), "Hidden loom")
    client = login(translator())
    assert "Hidden loom" not in client.get(reverse("translation_admin:index")).content.decode()
    for url in (address("course", draft, None), address("desk", draft), address("strings", lesson_of(draft))):
        assert client.get(url).status_code == 404


def test_translator_still_may_not_write_the_original(submitted: CoursePage) -> None:
    client = login(translator())
    for page in (submitted, lesson_of(submitted)):
        assert client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code == 302
    assert client.post(reverse("courses_admin:send", args=[submitted.pk])).status_code == 302
    assert client.get(reverse("courses_admin:overview", args=[submitted.pk])).status_code == 302


def test_submitting_takes_several_languages_at_once(django_capture_on_commit_callbacks: Any) -> None:
    school("fr", "ar")
    course = course_of()
    client = login(translator())
    page = client.get(address("course", course, None)).content.decode()
    assert page.count("checked") == 2
    with django_capture_on_commit_callbacks(execute=True):
        answered = client.post(address("submit", course, None), {"languages": ["fr", "ar"]})
    assert answered.url == address("course", course, None)
    assert {job.locale.language_code for job in CourseTranslationJob.objects.filter(state="done")} == {"fr", "ar"}
    assert PageTranslation.objects.filter(course_key=course.translation_key).count() == 2 * 4
    progress = client.get(address("progress", course, None)).json()
    assert progress["running"] is False
    assert [job["words"] for job in progress["jobs"]] == ["Done", "Done"]


def test_a_running_job_is_shown_with_its_bar(submitted: CoursePage) -> None:
    CourseTranslationJob.objects.update(state="running", done=3, total=4, finished_at=None)
    client = login(translator())
    for url in (address("course", submitted, None), address("desk", submitted), "/admin/"):
        text = client.get(url).content.decode()
        assert '<progress max="4" value="3"' in text
        assert "3 of 4 pages" in text
        assert "translation-progress.js" in text
    assert client.get(address("progress", submitted, None)).json()["running"] is True


def test_submitting_without_a_language_says_so(submitted: CoursePage) -> None:
    client = login(translator())
    for languages in ([], ["xx"], ["en"]):
        client.post(address("submit", submitted, None), {"languages": languages})
    assert CourseTranslationJob.objects.count() == 1


def test_lists_cost_the_same_at_10_and_50_pages(django_capture_on_commit_callbacks: Any) -> None:
    school("fr")
    small, large = course_of(10, title="Small"), course_of(50, title="Large")
    for course in (small, large):
        submit(course, django_capture=django_capture_on_commit_callbacks)
    client = login(translator())
    for name, language in (("desk", "fr"), ("course", None)):
        costs = [cost(client, address(name, course, language)) for course in (small, large)]
        assert costs[0] == costs[1], name
    for page in (lesson_of(small), lesson_of(large)):
        assert len(page_strings(page.translation_key, "fr").rows) == 3
    costs = [cost(client, address("strings", lesson_of(course))) for course in (small, large)]
    assert costs[0] == costs[1]


def test_strings_cost_the_same_at_10_and_50(django_capture_on_commit_callbacks: Any) -> None:
    school("fr")
    course = course_of(1, texts=8)
    module = ModulePage.objects.get()
    add_lesson(module, "Long", body=[rich_text(f"<p>Text {place} of 1.</p>") for place in range(48)])
    submit(course, django_capture=django_capture_on_commit_callbacks)
    client = login(translator())
    lessons = LessonPage.objects.descendant_of(course).order_by("path")
    assert [len(page_strings(page.translation_key, "fr").rows) for page in lessons] == [10, 50]
    costs = [cost(client, address("strings", lesson)) for lesson in lessons]
    assert costs[0] == costs[1]


def test_home_and_index_cost_the_same_for_one_course_and_for_ten(django_capture_on_commit_callbacks: Any) -> None:
    school("fr")
    submit(course_of(), django_capture=django_capture_on_commit_callbacks)
    client = login(translator())
    urls = ("/admin/", reverse("translation_admin:index"))
    before = [cost(client, url) for url in urls]
    for number in range(9):
        submit(course_of(1, title=f"More {number}"), django_capture=django_capture_on_commit_callbacks)
    assert [cost(client, url) for url in urls] == before


def test_all_strings_are_saved_by_one_button(submitted: CoursePage) -> None:
    lesson = lesson_of(submitted)
    title, text = row_of(lesson, "Lesson 1"), row_of(lesson, "plain")
    client = login(translator())
    page = client.get(address("strings", lesson)).content.decode()
    assert '&lt;b&gt;</span>plain<span class="tr-tag">&lt;/b&gt;' in page
    assert 'lang="fr" dir="ltr"' in page
    form = {
        f"t-{title.segment_id}": "Leçon 1",
        f"was-{title.segment_id}": fingerprint(""),
        f"t-{text.segment_id}": "Mettez des mots <b>simples</b> ici.",
        f"was-{text.segment_id}": fingerprint(""),
    }
    answered = client.post(address("strings", lesson), form)
    assert answered.url == address("strings", lesson)
    assert sorted(StringTranslation.objects.values_list("data", flat=True)) == [
        "Leçon 1",
        "Mettez des mots <b>simples</b> ici.",
    ]
    standing = PageTranslation.objects.get(page_key=lesson.translation_key)
    assert (standing.translated, standing.total) == (2, 2)


def test_what_can_not_be_saved_comes_back_as_typed_and_the_rest_is_saved(submitted: CoursePage) -> None:
    lesson = lesson_of(submitted)
    title, text = row_of(lesson, "Lesson 1"), row_of(lesson, "plain")
    form = {
        f"t-{title.segment_id}": "Leçon 1",
        f"t-{text.segment_id}": "Mettez <div>ça</div>",
        "t-999999": "Perdu ?",
        "t-nonsense": "x",
    }
    page = login(translator()).post(address("strings", lesson), form).content.decode()
    assert "Mettez &lt;div&gt;ça&lt;/div&gt;</textarea>" in page
    assert "&lt;div&gt; tag is not allowed" in page
    assert "Perdu ?" in page
    assert list(StringTranslation.objects.values_list("data", flat=True)) == ["Leçon 1"]


def test_a_text_longer_than_any_page_is_refused(submitted: CoursePage) -> None:
    lesson = lesson_of(submitted)
    row = row_of(lesson, "plain")
    client = login(translator())
    for text in ("x" * (LONGEST + 1), "a\x00b"):
        answered = client.post(address("save_string", lesson, "fr", row.segment_id), {"text": text})
        assert (answered.status_code, answered.json()["saved"]) == (400, False)
    assert not StringTranslation.objects.exists()


def test_one_string_is_saved_by_the_script(submitted: CoursePage) -> None:
    lesson = lesson_of(submitted)
    row = row_of(lesson, "plain")
    client = login(translator())
    url = address("save_string", lesson, "fr", row.segment_id)
    answered = client.post(url, {"text": "Mettez des mots <b>simples</b> ici.", "was": fingerprint("")}).json()
    assert (answered["saved"], answered["translated"], answered["total"], answered["percent"]) == (True, 1, 2, 50)
    refused = client.post(url, {"text": "<script>", "was": answered["was"]})
    assert (refused.status_code, refused.json()["saved"]) == (400, False)
    assert refused.json()["error"]
    assert client.post(url, {"text": "", "was": answered["was"]}).json()["translated"] == 0


def test_nobody_overwrites_what_somebody_else_saved_meanwhile(submitted: CoursePage) -> None:
    lesson = lesson_of(submitted)
    row = row_of(lesson, "plain")
    key = {"page_key": lesson.translation_key, "language": "fr", "segment_id": row.segment_id}
    actions.save_string(actor=translator(), text="La première", **key)
    client = login(translator())
    url = address("save_string", lesson, "fr", row.segment_id)
    clash = client.post(url, {"text": "La seconde", "was": fingerprint("")})
    assert clash.status_code == 409
    assert "La première" in clash.json()["error"]
    form = {f"t-{row.segment_id}": "La seconde", f"was-{row.segment_id}": fingerprint("")}
    page = client.post(address("strings", lesson), form).content.decode()
    assert "it is “La première” now" in page
    assert "La seconde</textarea>" in page
    assert StringTranslation.objects.get().data == "La première"
    # A form that was left as it was doesn't bring an old text back, either.
    stale = {f"t-{row.segment_id}": "", f"was-{row.segment_id}": fingerprint("")}
    client.post(address("strings", lesson), stale)
    assert StringTranslation.objects.get().data == "La première"
    assert client.post(url, {"text": "La seconde", "was": clash.json()["was"]}).json()["saved"] is True


def test_a_suggestion_of_the_memory_is_taken_without_script(submitted: CoursePage) -> None:
    first, second = LessonPage.objects.descendant_of(submitted).order_by("path")
    person = translator()
    row = row_of(first, "plain")
    key = {"page_key": first.translation_key, "language": "fr", "segment_id": row.segment_id}
    actions.save_string(actor=person, text="Mettez des mots <b>simples</b> ici.", **key)
    client = login(person)
    page = client.get(address("strings", second)).content.decode()
    wanted = row_of(second, "plain")
    assert "same text elsewhere" in page
    value = f"{wanted.segment_id}:Mettez des mots <b>simples</b> ici."
    answered = client.post(address("strings", second), {"use": value})
    assert answered.url == f"{address('strings', second)}#string-{wanted.segment_id}"
    assert StringTranslation.objects.filter(data="Mettez des mots <b>simples</b> ici.").count() == 2


def test_filters_show_what_they_say(submitted: CoursePage) -> None:
    lesson = lesson_of(submitted)
    row = row_of(lesson, "plain")
    key = {"page_key": lesson.translation_key, "language": "fr", "segment_id": row.segment_id}
    client = login(translator())
    assert "Untranslated (2)" in client.get(address("strings", lesson)).content.decode()
    actions.save_string(actor=translator(), text="Mots", **key)
    StringTranslation.objects.update(translation_type="machine", tool_name="Local")
    shown = {
        name: f'id="string-{row.segment_id}"' in client.get(address("strings", lesson), {"show": name}).content.decode()
        for name in ("all", "untranslated", "machine", "changed", "errors", "nonsense")
    }
    assert shown == {
        "all": True,
        "untranslated": False,
        "machine": True,
        "changed": False,
        "errors": False,
        "nonsense": True,
    }


def test_arabic_is_written_from_right_to_left(submitted: CoursePage, django_capture_on_commit_callbacks: Any) -> None:
    submit(submitted, "ar", django_capture=django_capture_on_commit_callbacks)
    page = login(translator()).get(address("strings", lesson_of(submitted), "ar")).content.decode()
    assert 'lang="ar" dir="rtl"' in page
    assert 'lang="en" dir="ltr"' in page


def test_preview_shows_the_translation_without_writing_it(submitted: CoursePage) -> None:
    lesson = lesson_of(submitted)
    row = row_of(lesson, "plain")
    key = {"page_key": lesson.translation_key, "language": "fr", "segment_id": row.segment_id}
    actions.save_string(actor=translator(), text="Mettez des mots <b>simples</b> ici.", **key)
    target = LessonPage.objects.get(translation_key=lesson.translation_key, locale__language_code="fr")
    before = target.latest_revision_id
    page = login(translator()).get(address("preview", lesson))
    assert "Mettez des mots <b>simples</b> ici." in page.content.decode()
    target.refresh_from_db()
    assert target.latest_revision_id == before
    assert login(make_person(roles=("support",))).get(address("preview", lesson)).status_code == 302


def po_of(client: Client, url: str) -> polib.POFile:
    answered = client.get(url)
    assert answered.headers["Content-Disposition"].startswith('attachment; filename="')
    return polib.pofile(answered.content.decode())


@pytest.mark.parametrize("name", ["course", "page"])
def test_a_po_file_goes_out_and_comes_back_with_a_report(submitted: CoursePage, name: str) -> None:
    page = submitted if name == "course" else lesson_of(submitted)
    client = login(translator())
    po = po_of(client, address(f"export_{name}", page))
    for entry in po:
        if entry.msgid == TEXT:
            entry.msgstr = "Mettez des mots <b>simples</b> ici."
        if entry.msgid == "Lesson 1":
            entry.msgstr = "<div>Leçon 1</div>"
    file = SimpleUploadedFile("fr.po", str(po).encode())
    report = client.post(address(f"import_{name}", page), {"file": file}).content.decode()
    assert f"<dt>Saved</dt><dd>{2 if name == 'course' else 1}</dd>" in report
    assert "<dt>Not taken</dt><dd>1</dd>" in report
    assert "<strong>Line " in report
    assert set(StringTranslation.objects.values_list("data", flat=True)) == {"Mettez des mots <b>simples</b> ici."}


def test_files_that_are_none_are_refused_and_nothing_is_lost(submitted: CoursePage) -> None:
    client = login(translator())
    url = address("import_course", submitted)
    for content in (b"no po at all", b"x" * (MAX_BYTES + 1), b""):
        answered = client.post(url, {"file": SimpleUploadedFile("fr.po", content)}, follow=True)
        assert answered.redirect_chain == [(address("desk", submitted), 302)]
        assert "messages" in answered.content.decode()
    assert client.post(url).url == address("desk", submitted)
    assert not StringTranslation.objects.exists()


def test_pages_below_the_threshold_are_named_before_a_course_is_sent(submitted: CoursePage) -> None:
    client = login(translator())
    desk = client.get(address("desk", submitted)).content.decode()
    assert "4 pages have less than 80% of their texts translated" in desk
    asked = client.post(address("send", submitted), {"comment": "Only the frame."}).content.decode()
    for title in ("Weaving", "Looms", "Lesson 1", "Lesson 2"):
        assert f"<bdi>{title}</bdi>: 0%" in asked
    assert 'value="Only the frame."' in asked
    target = CoursePage.objects.get(translation_key=submitted.translation_key, locale__language_code="fr")
    assert not target.workflow_in_progress
    CourseTranslationJob.objects.update(state="running")
    client.post(address("send", submitted), {"confirm": "1", "comment": "Half the way."})
    CourseTranslationJob.objects.update(state="done")
    desk = client.get(address("desk", submitted)).content.decode()
    assert "is being prepared in the background" in desk
    assert "Half the way.</textarea>" in desk
    sent = client.post(address("send", submitted), {"confirm": "1"})
    assert sent.url == address("desk", submitted)
    assert CoursePage.objects.get(pk=target.pk).workflow_in_progress
    assert "4 pages are with the reviewers" in client.get(address("desk", submitted)).content.decode()
    client.post(address("withdraw", submitted))
    assert not CoursePage.objects.get(pk=target.pk).workflow_in_progress


def test_reviewer_reads_how_much_is_translated_and_the_translator_what_is_to_change(submitted: CoursePage) -> None:
    person = translator()
    client = login(person)
    client.post(address("send", submitted), {"confirm": "1", "comment": "Only the frame so far."})
    target = CoursePage.objects.get(translation_key=submitted.translation_key, locale__language_code="fr")
    judge = reviewer()
    overview = login(judge).get(reverse("courses_admin:overview", args=[target.pk])).content.decode()
    assert "0% of the texts are translated from: English." in overview
    assert "4 pages have less than 80% of their texts translated" in overview
    assert "<bdi>Lesson 2</bdi>: 0%" in overview
    assert "Only the frame so far." in overview
    request_changes(actor=judge, course=target, comment="Say tu, not vous.")
    desk = client.get(address("desk", submitted)).content.decode()
    assert desk.count("Say tu, not vous.") == 1
    assert "Changes requested" in desk
    assert "Changes requested" in client.get("/admin/").content.decode()


def test_a_translation_is_sent_from_its_desk_wherever_one_starts(submitted: CoursePage) -> None:
    target = CoursePage.objects.get(translation_key=submitted.translation_key, locale__language_code="fr")
    answered = login(translator()).post(reverse("courses_admin:send", args=[target.pk]))
    assert answered.url == address("desk", submitted)
    assert not CoursePage.objects.get(pk=target.pk).workflow_in_progress


def test_what_changed_in_the_source_stands_beside_the_string(submitted: CoursePage) -> None:
    client = login(translator())
    client.post(address("send", submitted), {"confirm": "1"})
    target = CoursePage.objects.get(translation_key=submitted.translation_key, locale__language_code="fr")
    approve_course(actor=reviewer(), course=target)
    lesson = lesson_of(submitted)
    lesson.body[0].value.source = "<p>Put <b>plain</b> words there.</p>"
    lesson.save_revision().publish()
    dispatch()
    desk = client.get(address("desk", submitted)).content.decode()
    assert "The original changed" in desk
    assert f"{address('strings', lesson)}?show=changed" in desk
    page = client.get(address("strings", lesson), {"show": "changed"}).content.decode()
    assert "<del>here</del>" in page
    assert "<ins>there</ins>" in page


def test_machine_translation_is_offered_where_it_is_switched_on(submitted: CoursePage, settings: Any) -> None:
    client = login(translator())
    settings.WAGTAILLOCALIZE_MACHINE_TRANSLATOR = None
    for url in (address("desk", submitted), address("strings", lesson_of(submitted))):
        assert "Machine translation" not in client.get(url).content.decode()
    settings.WAGTAILLOCALIZE_MACHINE_TRANSLATOR = {
        "CLASS": "wagtail_localize.machine_translators.dummy.DummyTranslator"
    }
    for url in (address("desk", submitted), address("strings", lesson_of(submitted))):
        assert "Machine translation" in client.get(url).content.decode()
    lesson = lesson_of(submitted)
    client.post(address("machine_page", lesson))
    assert StringTranslation.objects.filter(translation_type="machine").count() == 2
    assert "By machine (2)" in client.get(address("strings", lesson)).content.decode()


def test_quiz_strings_have_no_key(django_capture_on_commit_callbacks: Any) -> None:
    school("fr")
    course = make_course("Loom quiz")
    lesson = add_lesson(add_module(course), "Check", body=[question("true_false")])
    submit(course, django_capture=django_capture_on_commit_callbacks)
    rows = page_strings(lesson.translation_key, "fr").rows
    assert not [row for row in rows if row.source_text in ("true", "false")]


def test_a_course_written_in_french_goes_into_english_at_the_same_desk(
    django_capture_on_commit_callbacks: Any,
) -> None:
    """Translators hold no right on English pages; what they do here, the room allows."""
    school("fr")
    course = make_course("Le tissage", language="fr")
    lesson = add_lesson(add_module(course, "Le métier"), "Les rangs", body=[rich_text("<p>Tassez bien.</p>")])
    submit(course, "en", django_capture=django_capture_on_commit_callbacks)
    client = login(translator())
    strings = client.get(address("strings", lesson, "en")).content.decode()
    assert "Les rangs" in strings
    assert "/edit/" not in strings
    assert client.get(address("preview", lesson, "en")).status_code == 200
    client.post(address("send", course, "en"), {"confirm": "1"})
    assert "3 pages are with the reviewers" in client.get(address("desk", course, "en")).content.decode()
    client.post(address("withdraw", course, "en"))
    target = CoursePage.objects.get(translation_key=course.translation_key, locale__language_code="en")
    assert not target.workflow_in_progress
    assert client.get(reverse("wagtailadmin_pages:edit", args=[target.pk])).status_code == 302

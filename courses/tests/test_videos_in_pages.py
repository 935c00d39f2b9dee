"""Videos in pages: what the block takes, what stops publishing, whose videos may stand where, lessons of many files."""

import json
import uuid
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Locale, Page, ReferenceIndex
from wagtail_localize.models import OverridableSegment, SegmentOverride, Translation
from wagtail_localize.operations import translate_object
from wagtail_localize.segments.extract import extract_segments

from accounts.models import User
from core.errors import NotAllowed
from core.models import AuditEntry
from courses.actions import add_member, create_video_lessons
from courses.actions.create_video_lessons import in_order_of_names, lesson_titles
from courses.blocks import LessonBodyBlock, PageBodyBlock, self_checks_in
from courses.checks import content_of, content_problems
from courses.errors import NotYourCourse
from courses.models import CoursePage, LessonPage, ModulePage
from courses.tests.authoring import draft_course, instructor, lesson_with
from courses.tests.factories import make_school
from courses.tests.questions import question, rich_text
from learning.actions import check_self_check
from videos.models import Video

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def film(owner: User | None, title: str = "Loops", **fields: Any) -> Video:
    return Video.objects.create(title=title, uploaded_by=owner, **{"duration_ms": 90_000, **fields})


def block(video: Video | None, *stops: tuple[str, dict[str, Any]], caption: str = "") -> dict[str, Any]:
    questions = [
        {"type": "item", "id": str(uuid.uuid4()), "value": {"at": at, "question": [asked]}} for at, asked in stops
    ]
    value = {"video": video.pk if video else None, "caption": caption, "questions": questions}
    return {"type": "video", "id": str(uuid.uuid4()), "value": value}


def login(person: Any) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def messages_of(lesson: LessonPage) -> list[tuple[str, str]]:
    return [(problem.field, problem.message) for problem in content_problems(content_of(lesson))]


class TestBlock:
    def clean(self, *raw: dict[str, Any]) -> Any:
        body = LessonBodyBlock()
        return body.clean(body.to_python(list(raw)))

    def test_moments_are_stored_one_way(self) -> None:
        asked = question("true_false")
        value = self.clean(block(film(None), (" 00:05", asked), ("١:٣٠", question("true_false"))))
        assert [stop["at"] for stop in value[0].value["questions"]] == ["0:05", "1:30"]

    @pytest.mark.parametrize(
        ("at", "says"), [("soon", "Write minutes and seconds"), ("1:31", "it lasts 1:30"), ("", "required")]
    )
    def test_moments_that_are_none(self, at: str, says: str) -> None:
        with pytest.raises(ValidationError) as refused:
            self.clean(block(film(None), (at, question("true_false"))))
        assert says in str(refused.value.as_json_data())

    def test_any_moment_while_the_length_is_unknown(self) -> None:
        value = self.clean(block(film(None, duration_ms=0), ("59:00", question("true_false"))))
        assert value[0].value["questions"][0]["at"] == "59:00"

    @pytest.mark.parametrize("count", [0, 2])
    def test_a_stop_asks_one_question(self, count: int) -> None:
        raw = block(film(None), ("0:05", question("true_false")))
        raw["value"]["questions"][0]["value"]["question"] = [question("true_false") for _ in range(count)]
        with pytest.raises(ValidationError):
            self.clean(raw)

    def test_course_pages_ask_nothing(self) -> None:
        assert "questions" not in PageBodyBlock().child_blocks["video"].child_blocks
        assert "questions" in LessonBodyBlock().child_blocks["video"].child_blocks

    def test_keys_of_its_questions_are_in_no_search(self) -> None:
        asked = question("short_text", accepted="zebu")
        body = LessonBodyBlock()
        value = body.to_python([block(film(None), ("0:05", asked), caption="A herd")])
        assert body.get_searchable_content(value) == ["A herd"]

    def test_wagtail_knows_which_pages_show_it(self) -> None:
        owner = instructor()
        course, shown, trailer = draft_course(owner), film(owner), film(owner, "Trailer")
        lesson = LessonPage.objects.descendant_of(course).first()
        lesson.body = [block(shown)]
        lesson.save()
        course.trailer = trailer
        course.save()
        rows = ReferenceIndex.objects.filter(to_content_type=ContentType.objects.get_for_model(Video))
        assert set(rows.values_list("to_object_id", "object_id", "model_path")) == {
            (str(shown.pk), str(lesson.pk), "body.video.video"),
            (str(trailer.pk), str(course.pk), "trailer"),
        }

    def test_translators_get_its_words_and_each_language_may_have_its_own_video(self) -> None:
        asked = question("true_false", feedback_true="", feedback_false="", explanation="", prompt=[])
        shown = film(None)
        raw = block(shown, ("0:05", asked), caption="A herd")
        stop = raw["value"]["questions"][0]["id"]
        found = {
            segment.path.partition(f"{raw['id']}.")[2]: (type(segment).__name__, getattr(segment, "data", None))
            for segment in extract_segments(lesson_with(raw))
            if raw["id"] in segment.path
        }
        assert found.pop("caption")[0] == "StringSegmentValue"
        assert found == {
            "video": ("OverridableSegmentValue", shown.pk),
            f"questions.{stop}.at": ("OverridableSegmentValue", "0:05"),
        }

    def test_questions_inside_are_found(self) -> None:
        asked = question("true_false")
        raw = [rich_text("<p>x</p>"), block(film(None), ("0:05", asked)), "broken"]
        assert [row["id"] for row in self_checks_in(raw)] == [raw[0]["id"], raw[1]["id"], asked["id"]]


class TestChecks:
    def test_watched_needs_a_video(self) -> None:
        lesson = lesson_with(rich_text("<p>x</p>"), completion_rule="watched")
        assert messages_of(lesson) == [
            ("completion_rule", "It counts as done when its videos are watched, but there is no video in it.")
        ]
        assert messages_of(lesson_with(block(film(None)), completion_rule="watched")) == []

    def test_an_empty_block(self) -> None:
        assert messages_of(lesson_with(block(None))) == [("body", "Video 1: choose a video, or take the block away.")]

    def test_its_questions_are_checked_like_others(self) -> None:
        wrong = question("true_false", answer="maybe")
        lesson = lesson_with(block(film(None), ("x", question("true_false")), ("0:05", wrong)))
        assert messages_of(lesson) == [
            ("body", "Video 1: write when each of its questions comes, for example 1:30."),
            ("body", "Question 2: Say whether the statement is true or false."),
        ]

    @pytest.mark.parametrize("percent", [0, 101])
    def test_per_cent_to_watch(self, percent: int) -> None:
        with pytest.raises(ValidationError, match="watched_percent"):
            lesson_with(watched_percent=percent).clean_fields(exclude=["body", "path", "depth"])


def test_self_checks_inside_videos_are_answered() -> None:
    owner = instructor()
    course = draft_course(owner)
    lesson = LessonPage.objects.descendant_of(course).first()
    asked = question("true_false")
    lesson.body = [block(film(owner), ("0:05", asked))]
    lesson.is_free_preview = True
    lesson.save()
    for page in Page.objects.filter(path__startswith=course.path).specific():
        page.summary = "x"
        page.save_revision().publish()
    checked = check_self_check(
        actor=None, lesson_key=lesson.translation_key, question_key=asked["id"], answer={"value": True}, language="en"
    )
    assert checked.is_correct


class TestWhoseVideos:
    def send(self, person: User, lesson: LessonPage, video: Video) -> Any:
        sent = {
            "title": lesson.title,
            "slug": lesson.slug,
            "body-count": 1,
            "body-0-deleted": "",
            "body-0-order": 0,
            "body-0-type": "video",
            "body-0-id": "",
            "body-0-value-video": video.pk,
            "body-0-value-caption": "",
            "body-0-value-questions-count": 0,
            "estimated_minutes": 5,
            "completion_rule": "opened",
            "watched_percent": 80,
            "comments-TOTAL_FORMS": 0,
            "comments-INITIAL_FORMS": 0,
            "comments-MIN_NUM_FORMS": 0,
            "comments-MAX_NUM_FORMS": "",
        }
        return login(person).post(reverse("wagtailadmin_pages:edit", args=[lesson.pk]), sent)

    def shown(self, lesson: LessonPage) -> list[int]:
        draft = LessonPage.objects.get(pk=lesson.pk).get_latest_revision_as_object()
        return [found.value["video"].pk for found in draft.body if found.block_type == "video"]

    def test_ones_own_and_nobody_elses_not_even_in_a_draft(self) -> None:
        owner = instructor()
        lesson = LessonPage.objects.descendant_of(draft_course(owner)).first()
        strange, own = film(instructor(), "Strange"), film(owner, "Own")
        refused = self.send(owner, lesson, strange)
        assert "is somebody else&#x27;s" in refused.content.decode()
        assert self.shown(lesson) == []
        assert self.send(owner, lesson, own).status_code == 302
        assert self.shown(lesson) == [own.pk]

    def test_what_a_co_author_put_in_stays_and_moves(self) -> None:
        owner, helper = instructor(), instructor()
        course = draft_course(owner)
        add_member(actor=owner, course=course, email=helper.email)
        first, second = LessonPage.objects.descendant_of(course)[:2]
        video = film(owner)
        self.send(owner, first, video)
        assert self.send(helper, first, video).status_code == 302
        # In another lesson of the course once the first is saved as a page, not only as a draft.
        first.body = [block(video)]
        first.save()
        assert self.send(helper, second, video).status_code == 302
        assert self.shown(second) == [video.pk]
        other = LessonPage.objects.descendant_of(draft_course(helper, "Elsewhere")).first()
        assert self.send(helper, other, video).status_code == 200
        assert self.shown(other) == []

    @pytest.mark.parametrize("is_draft", [True, False])
    @pytest.mark.parametrize("way", ["copy", "move", "move several"])
    def test_they_are_carried_into_no_other_course(self, way: str, is_draft: bool) -> None:
        owner, helper = instructor(), instructor()
        course = draft_course(owner, modules=2)
        add_member(actor=owner, course=course, email=helper.email, role="owner")
        lesson = LessonPage.objects.descendant_of(course).first()
        here = ModulePage.objects.descendant_of(course).last()
        elsewhere = ModulePage.objects.descendant_of(draft_course(helper, "Elsewhere", lessons=0)).first()
        self.send(owner, lesson, film(owner, "Mine"))
        if not is_draft:
            lesson.body = [block(Video.objects.get(title="Mine"))]
            lesson.save()
            lesson.get_latest_revision().delete()
            LessonPage.objects.filter(pk=lesson.pk).update(has_unpublished_changes=False, latest_revision=None)
        before = set(Page.objects.values_list("pk", "path"))

        refused = self.carry(helper, way, lesson, elsewhere)
        assert "The video “Mine” is somebody else&#x27;s" in refused.content.decode()
        assert set(Page.objects.values_list("pk", "path")) == before
        self.carry(helper, way, lesson, here)
        assert Page.objects.child_of(here).filter(title=lesson.title).exists()

    def test_ones_own_are_carried_anywhere(self) -> None:
        owner = instructor()
        lesson = LessonPage.objects.descendant_of(draft_course(owner)).first()
        elsewhere = ModulePage.objects.descendant_of(draft_course(owner, "Elsewhere")).first()
        self.send(owner, lesson, film(owner))
        self.carry(owner, "copy", lesson, elsewhere)
        assert Page.objects.child_of(elsewhere).filter(title=lesson.title).exists()

    def test_a_whole_course_carries_none(self) -> None:
        owner, helper = instructor(), instructor()
        course = draft_course(owner)
        add_member(actor=owner, course=course, email=helper.email)
        course.trailer = film(owner, "Mine")
        course.save()
        before = set(Page.objects.values_list("pk", flat=True))
        refused = self.carry(helper, "copy", course, course.get_parent())
        assert "The video “Mine” is somebody else&#x27;s" in refused.content.decode()
        assert set(Page.objects.values_list("pk", flat=True)) == before

    def carry(self, person: User, way: str, page: Page, to: Page) -> Any:
        client = login(person)
        title = {"new_title": page.title, "new_slug": f"{page.slug}-{to.pk}", "copy_subpages": "on"}
        if way == "copy":
            url, sent = reverse("wagtailadmin_pages:copy", args=[page.pk]), {**title, "new_parent_page": to.pk}
        elif way == "move":
            url, sent = reverse("wagtailadmin_pages:move_confirm", args=[page.pk, to.pk]), {}
        else:
            url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "move"]) + f"?id={page.pk}"
            sent = {"chooser": to.pk}
        return client.post(url, sent, follow=True)

    def test_translations_show_no_strangers_video_either(self) -> None:
        owner = instructor()
        make_school("fr")
        course = draft_course(owner)
        lesson = LessonPage.objects.descendant_of(course).first()
        shown, own, strange = film(owner), film(owner, "Own"), film(instructor(), "Strange")
        lesson.body = [block(shown)]
        lesson.save()
        for page in (course, *Page.objects.ancestor_of(lesson).descendant_of(course).specific(), lesson):
            submit_page(page.specific)
        place = OverridableSegment.objects.get(source__object_id=lesson.translation_key, data_json=str(shown.pk))
        translation = Translation.objects.get(source__object_id=lesson.translation_key)
        url = reverse("wagtail_localize:edit_override", args=[translation.pk, place.pk])

        def give(person: User, video: Video) -> int:
            sent = encode_multipart(BOUNDARY, {"value": str(video.pk)})
            return login(person).put(url, sent, content_type=MULTIPART_CONTENT).status_code

        assert give(owner, strange) in (302, 403)
        assert not SegmentOverride.objects.exists()
        assert give(owner, own) == 201
        assert json.loads(SegmentOverride.objects.get().data_json) == str(own.pk)
        assert give(owner, shown) == 200


def submit_page(page: Page) -> None:
    """Send one page to translation into French."""
    translate_object(page, [Locale.objects.get(language_code="fr")])


class TestLessonsOfVideos:
    @pytest.fixture
    def owner(self) -> User:
        return instructor()

    @pytest.fixture
    def module(self, owner: User) -> ModulePage:
        course = draft_course(owner)
        return ModulePage.objects.child_of(course).get()

    def titles(self, module: ModulePage) -> list[str]:
        return list(Page.objects.child_of(module).order_by("path").values_list("title", flat=True))

    def test_in_order_of_their_files_names(self, owner: User, module: ModulePage) -> None:
        names = {"10 Sets": "10_Sets.mp4", "2. Lists": "2. Lists.mp4", "Start": "01-Start.mp4"}
        videos = [film(owner, title, original_name=name) for title, name in names.items()]
        before = self.titles(module)
        made = create_video_lessons(actor=owner, module=module, videos=videos)
        assert [lesson.title for lesson in made] == ["Start", "Lists", "10 Sets"]
        assert self.titles(module) == [*before, "Start", "Lists", "10 Sets"]
        lesson = LessonPage.objects.get(pk=made[0].pk)
        assert (lesson.live, lesson.completion_rule, lesson.estimated_minutes) == (False, "watched", 2)
        assert lesson.locale == Locale.objects.get(language_code="en")
        assert [found.value["video"] for found in lesson.get_latest_revision_as_object().body] == [videos[2]]
        assert content_problems(content_of(lesson)) == []
        entry = AuditEntry.objects.get(verb="courses.video_lessons_created")
        assert (entry.actor, entry.facts) == (owner, {"lessons": 3})

    def test_sent_twice_makes_one_each(self, owner: User, module: ModulePage) -> None:
        first, second = film(owner, "One"), film(owner, "Two")
        create_video_lessons(actor=owner, module=module, videos=[first, first])
        made = create_video_lessons(actor=owner, module=module, videos=[second, first])
        assert [lesson.title for lesson in made] == ["Two"]
        assert create_video_lessons(actor=owner, module=module, videos=[second, first]) == []

    def test_two_of_one_name_have_addresses_of_their_own(self, owner: User, module: ModulePage) -> None:
        made = create_video_lessons(actor=owner, module=module, videos=[film(owner, "الحلقات"), film(owner, "الحلقات")])
        assert [lesson.slug for lesson in made] == ["الحلقات", "الحلقات-2"]

    def test_only_authors_and_only_with_their_own(self, owner: User, module: ModulePage) -> None:
        stranger = instructor()
        before = self.titles(module)
        with pytest.raises(NotYourCourse):
            create_video_lessons(actor=stranger, module=module, videos=[film(stranger)])
        with pytest.raises(NotAllowed):
            create_video_lessons(actor=owner, module=module, videos=[film(owner), film(stranger)])
        assert self.titles(module) == before

    def test_names_and_numbers(self) -> None:
        def titled(*titles: str) -> list[str]:
            return list(lesson_titles([Video(pk=pk, title=title) for pk, title in enumerate(titles)]).values())

        assert titled("02 Loops", "3. Lists", "04-Sets", "5) Dicts", "Loops 2", "2024", "7") == [
            "Loops",
            "Lists",
            "Sets",
            "Dicts",
            "Loops 2",
            "2024",
            "7",
        ]
        assert titled("100 days", "Loops") == ["100 days", "Loops"]
        assert titled("9 Loops", "10 Sets") == ["Loops", "Sets"]
        assert titled("1984 revisited") == ["1984 revisited"]
        names = ["b.mp4", "A10.mp4", "a9.mp4", "a9b.mp4", "٣.mp4", ""]
        videos = [Video(pk=pk, title="c", original_name=name) for pk, name in enumerate(names)]
        assert [video.original_name for video in in_order_of_names(videos)] == [
            "٣.mp4",
            "a9.mp4",
            "a9b.mp4",
            "A10.mp4",
            "b.mp4",
            "",
        ]

    def test_the_screen(self, owner: User, module: ModulePage) -> None:
        course = CoursePage.objects.get(path=module.path[: -Page.steplen])
        video, strange = film(owner, "One"), film(instructor(), "Strange")
        client, url = login(owner), reverse("courses_admin:video_lessons", args=[course.pk])
        page = client.get(url).content.decode()
        assert (">One<" in page, "Strange" in page) == (True, False)
        assert url in client.get(reverse("courses_admin:overview", args=[course.pk])).content.decode()
        client.post(url, {"module": module.pk, "videos": [strange.pk]})
        client.post(url, {"module": module.pk})
        assert "One" not in self.titles(module)
        sent = {"module": module.pk, "videos": [video.pk]}
        assert client.post(url, sent).headers["Location"] == reverse("courses_admin:overview", args=[course.pk])
        client.post(url, sent)
        assert self.titles(module).count("One") == 1
        elsewhere = ModulePage.objects.child_of(draft_course(owner, "Elsewhere")).get()
        client.post(url, {"module": elsewhere.pk, "videos": [video.pk]})
        assert "One" not in self.titles(elsewhere)

    def test_the_screen_costs_the_same_for_50(self, owner: User, module: ModulePage) -> None:
        course = CoursePage.objects.get(path=module.path[: -Page.steplen])
        client, url = login(owner), reverse("courses_admin:video_lessons", args=[course.pk])
        costs = []
        for count in (10, 40):
            for number in range(count):
                film(owner, f"Video {number}")
            client.get(url)
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            costs.append(len(queries))
        assert costs[0] == costs[1]

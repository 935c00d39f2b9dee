"""Instructors see and edit their own courses only, wherever in the admin they look."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Page, PageLogEntry
from wagtail.permissions import page_permission_policy

from accounts.models import User
from accounts.tests.factories import make_person, make_superuser
from courses import policies
from courses.actions import add_member, submit_course
from courses.models import CourseIndexPage, CourseMember, CoursePage, LessonPage, ModulePage
from courses.tests.authoring import draft_course, instructor, reviewer
from courses.tests.factories import make_course, make_school, translate_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> dict[str, User | None]:
    make_school()
    make_school("fr")
    return {
        "anonymous": None,
        "learner": make_person(),
        "owner": instructor(),
        "co_author": instructor(),
        "other": instructor(),
        "translator": make_person(roles=("translator",)),
        "reviewer": reviewer(),
        "support": make_person(roles=("support",)),
        "administrator": make_person(roles=("administrator",)),
        "superuser": make_superuser(),
    }


@pytest.fixture
def course(cast: dict[str, User]) -> CoursePage:
    course = draft_course(cast["owner"], "Secret plans")
    add_member(actor=cast["owner"], course=course, email=cast["co_author"].email)
    return course


def client_of(person: User | None) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


#: What a list must not say to others: titles of the draft course, the address it would have.
NAMES = re.compile(r"Secret plans|secret-plans|Lesson 1\.1 of Secret")
#: Lists that show nothing of a course in review even to a superuser.
NAMES_NOTHING = {"/admin/pages/", "/admin/reports/locked/", "/admin/reports/aging-pages/"}
EDITORS = {"owner", "co_author", "administrator", "superuser"}


def screens(course: CoursePage) -> dict[str, str]:
    """Every address of the admin that shows or changes a draft, by name."""
    lesson = LessonPage.objects.descendant_of(course).first()
    module = ModulePage.objects.child_of(course).first()
    revision = lesson.latest_revision_id
    pages = "wagtailadmin_pages"
    return {
        "edit": reverse(f"{pages}:edit", args=[lesson.pk]),
        "edit course": reverse(f"{pages}:edit", args=[course.pk]),
        "view draft": reverse(f"{pages}:view_draft", args=[lesson.pk]),
        "preview": reverse(f"{pages}:preview_on_edit", args=[lesson.pk]),
        "copy": reverse(f"{pages}:copy", args=[lesson.pk]),
        "move": reverse(f"{pages}:move", args=[lesson.pk]),
        "delete": reverse(f"{pages}:delete", args=[lesson.pk]),
        "usage": reverse(f"{pages}:usage", args=[lesson.pk]),
        "history": reverse(f"{pages}:history", args=[lesson.pk]),
        "workflow history": reverse(f"{pages}:workflow_history", args=[lesson.pk]),
        "compare": reverse(f"{pages}:revisions_compare", args=[lesson.pk, "earliest", "latest"]),
        "revision": reverse(f"{pages}:revisions_view", args=[lesson.pk, revision]),
        "revert": reverse(f"{pages}:revisions_revert", args=[lesson.pk, revision]),
        "add lesson": reverse(f"{pages}:add", args=["courses", "lessonpage", module.pk]),
        "add child": reverse(f"{pages}:add_subpage", args=[module.pk]),
        "overview": reverse("courses_admin:overview", args=[course.pk]),
    }


@pytest.mark.parametrize(
    "who", ["anonymous", "learner", "owner", "co_author", "other", "translator", "reviewer", "support", "administrator"]
)
def test_each_screen_of_a_draft_opens_for_its_authors_only(who: str, cast: dict, course: CoursePage) -> None:
    client = client_of(cast[who])
    # A view of the website may be missing in this room's tests; what counts is whether the door opens.
    client.raise_request_exception = False
    allowed = {name for name, url in screens(course).items() if client.get(url).status_code in (200, 404)}
    expected = set(screens(course)) if who in EDITORS else {"overview"} if who == "reviewer" else set()
    assert allowed == expected


def test_refused_posts_change_nothing(cast: dict, course: CoursePage) -> None:
    client = client_of(cast["other"])
    lesson = LessonPage.objects.descendant_of(course).first()
    logged, paths = PageLogEntry.objects.count(), list(Page.objects.order_by("path").values_list("path", flat=True))
    for name in ("delete", "copy", "edit"):
        client.post(screens(course)[name], {"title": "Mine now", "new_title": "Mine", "new_slug": "mine"})
    for action in ("delete", "publish", "unpublish", "move"):
        url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action])
        client.post(f"{url}?id={lesson.pk}", {"chooser": cast["other"].pk})
    for name in ("reorder", "send", "withdraw", "answer"):
        assert client.post(reverse(f"courses_admin:{name}", args=[course.pk])).status_code == 302
    lesson.refresh_from_db()
    assert (lesson.title, lesson.live, lesson.current_workflow_state) == ("Lesson 1.1", False, None)
    assert list(Page.objects.order_by("path").values_list("path", flat=True)) == paths
    assert PageLogEntry.objects.count() == logged


@pytest.mark.parametrize(
    "url",
    [
        "/admin/",
        "/admin/courses/",
        "/admin/pages/",
        "/admin/pages/search/?q=Secret",
        "/admin/choose-page/search/?q=Secret",
        "/admin/api/main/pages/?fields=*&limit=20",
        "/admin/reports/site-history/",
        "/admin/reports/workflow/",
        "/admin/reports/workflow_tasks/",
        "/admin/reports/locked/",
        "/admin/reports/aging-pages/",
        "/admin/reports/page-types-usage/",
        "/admin/pages/usage/courses/coursepage/",
    ],
)
def test_lists_do_not_name_others_drafts(url: str, cast: dict, course: CoursePage) -> None:
    draft_course(cast["other"], "Own thing")
    # The course is edited last, for reports that name the page edited last.
    course.get_latest_revision_as_object().save_revision(user=cast["owner"], clean=False)
    submit_course(actor=cast["owner"], course=course)
    text = client_of(cast["other"]).get(url, HTTP_X_REQUESTED_WITH="XMLHttpRequest").content.decode()
    assert not NAMES.search(text)
    # The same list names them to those who may see everything, so this test can fail.
    assert NAMES.search(client_of(cast["superuser"]).get(url).content.decode()) or url in NAMES_NOTHING


def test_explorer_lists_own_courses_only(cast: dict, course: CoursePage) -> None:
    own = draft_course(cast["other"], "Own thing")
    index = CourseIndexPage.objects.get(locale__language_code="en")
    text = client_of(cast["other"]).get(reverse("wagtailadmin_explore", args=[index.pk])).content.decode()
    assert ("Own thing" in text, "Secret plans" in text) == (True, False)
    assert client_of(cast["other"]).get(reverse("wagtailadmin_explore", args=[own.pk])).status_code == 200
    assert client_of(cast["other"]).get(reverse("wagtailadmin_explore", args=[course.pk])).status_code == 404


def test_page_chooser_does_not_browse_others_drafts(cast: dict, course: CoursePage) -> None:
    index = CourseIndexPage.objects.get(locale__language_code="en")
    public = make_course("Public course")
    owner, other = client_of(cast["owner"]), client_of(cast["other"])
    browse = reverse("wagtailadmin_choose_page_child", args=[index.pk])
    assert "Secret plans" in owner.get(browse).json()["html"]
    shown = other.get(browse).json()["html"]
    assert ("Secret plans" in shown, public.title in shown) == (False, True)
    inside = reverse("wagtailadmin_choose_page_child", args=[course.pk])
    assert owner.get(inside).status_code == 200
    assert other.get(inside, HTTP_X_REQUESTED_WITH="XMLHttpRequest").status_code == 403


def test_nobody_but_administrators_publishes_directly(cast: dict, course: CoursePage) -> None:
    publishers = {
        name
        for name, person in cast.items()
        if person is not None and course.permissions_for_user(person).can_publish()
    }
    assert publishers == {"administrator", "superuser"}


def test_instructor_creates_below_the_catalogue_only(cast: dict, course: CoursePage) -> None:
    index = CourseIndexPage.objects.get(locale__language_code="en")
    who = cast["other"]
    assert index.permissions_for_user(who).can_add_subpage()
    assert Page.objects.get(pk=index.pk).permissions_for_user(who).can_add_subpage()
    assert not index.permissions_for_user(who).can_edit()
    assert not index.get_parent().permissions_for_user(who).can_add_subpage()
    assert not course.permissions_for_user(who).can_add_subpage()
    url = reverse("wagtailadmin_pages:add", args=["courses", "coursepage", index.pk])
    assert client_of(who).get(url).status_code == 200
    assert client_of(cast["translator"]).get(url).status_code == 302


def test_creator_owns_what_they_create_and_what_they_copy(cast: dict, course: CoursePage) -> None:
    assert CourseMember.objects.get(course_key=course.translation_key, user=cast["owner"]).role == "owner"
    copy = course.copy(
        recursive=True, update_attrs={"title": "Copy", "slug": "copy"}, user=cast["co_author"], keep_live=False
    )
    members = CourseMember.objects.filter(course_key=copy.translation_key)
    assert [(member.user, member.role) for member in members] == [(cast["co_author"], "owner")]
    assert copy.translation_key != course.translation_key


def test_membership_covers_translations_and_ends_at_once(cast: dict, course: CoursePage) -> None:
    french = translate_page(course, CourseIndexPage.objects.get(locale__language_code="fr"), live=False)
    assert CourseMember.objects.filter(course_key=course.translation_key).count() == 2
    assert french.permissions_for_user(cast["co_author"]).can_edit()
    CourseMember.objects.filter(user=cast["co_author"]).delete()
    again = User.objects.get(pk=cast["co_author"].pk)
    assert not french.permissions_for_user(again).can_edit()
    assert not policies.can_edit_course(again, course.translation_key)


def test_translator_edits_translations_only(cast: dict, course: CoursePage) -> None:
    french = translate_page(course, CourseIndexPage.objects.get(locale__language_code="fr"), live=False)
    rights = [page.permissions_for_user(cast["translator"]).can_edit() for page in (french, course)]
    assert rights == [True, False]


def test_co_author_cannot_delete_the_course(cast: dict, course: CoursePage) -> None:
    LessonPage.objects.descendant_of(course).first()
    url = reverse("wagtailadmin_pages:delete", args=[course.pk])
    client_of(cast["co_author"]).post(url)
    assert CoursePage.objects.filter(pk=course.pk).exists()
    client_of(cast["owner"]).post(url)
    assert not CoursePage.objects.filter(pk=course.pk).exists()
    assert not CourseMember.objects.filter(course_key=course.translation_key).exists()


@pytest.mark.parametrize("who", ["learner", "owner", "other", "translator", "reviewer", "support", "administrator"])
def test_list_and_detail_agree(who: str, cast: dict, course: CoursePage) -> None:
    """What the policy lists for editing is what the tester lets edit, page by page."""
    draft_course(cast["other"], "Own thing")
    person = cast[who]
    listed = set(
        page_permission_policy.instances_user_has_permission_for(person, "change").values_list("pk", flat=True)
    )
    single = {page.pk for page in Page.objects.filter(depth__gt=1) if page.permissions_for_user(person).can_edit()}
    assert listed - {Page.get_first_root_node().pk} == single


def test_editable_courses_match_the_single_answer(cast: dict, course: CoursePage) -> None:
    draft_course(cast["other"], "Own thing")
    for person in filter(None, cast.values()):
        listed = set(policies.courses_editable_by(person).values_list("pk", flat=True))
        single = {
            page.pk for page in CoursePage.objects.all() if policies.can_edit_course(person, page.translation_key)
        }
        assert listed == single


def test_deactivated_members_lose_everything(cast: dict, course: CoursePage) -> None:
    owner: Any = cast["owner"]
    owner.is_active = False
    owner.save()
    assert not policies.can_edit_course(owner, course.translation_key)
    assert not policies.courses_editable_by(owner).exists()
    assert not course.permissions_for_user(owner).can_edit()
    assert not page_permission_policy.explorable_instances(owner).exists()


def test_rights_cost_the_same_for_one_course_and_for_many(django_assert_num_queries: Any) -> None:
    """Memberships, course pages, catalogues: three queries and one for group rows and roles each."""
    person = instructor()
    draft_course(person, "First")
    for extra in (0, 9):
        for number in range(extra):
            draft_course(person, f"More {number}", lessons=1)
        again = User.objects.get(pk=person.pk)
        with django_assert_num_queries(7):
            list(page_permission_policy.explorable_instances(again).values_list("pk"))

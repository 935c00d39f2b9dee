"""The authors' screens cost the same whatever the size of a course, and say what is true."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.tests.factories import make_person
from core.errors import InvalidInput, NotAllowed
from core.models import AuditEntry
from courses.actions import add_member, create_course, remove_member
from courses.back_office.listing import cards, courses_of
from courses.errors import LastOwner, NoCatalogue, NoInstructor, NotYourCourse, UnknownPerson
from courses.models import CourseMember, CoursePage
from courses.queries.authoring import course_tree
from courses.tests.authoring import draft_course, instructor, reviewer
from courses.tests.factories import make_course, make_school

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def login(person: Any) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def cost(client: Client, url: str) -> int:
    client.get(url)  # once before: content types, sites, profiles
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_overview_costs_the_same_at_10_and_50_lessons() -> None:
    owner = instructor()
    small, large = draft_course(owner, modules=2, lessons=5), draft_course(owner, "Large", modules=5, lessons=10)
    client = login(owner)
    costs = [cost(client, reverse("courses_admin:overview", args=[course.pk])) for course in (small, large)]
    assert costs[0] == costs[1]


def test_dashboard_costs_the_same_for_one_course_and_for_six() -> None:
    owner = instructor()
    draft_course(owner)
    client = login(owner)
    one = cost(client, reverse("courses_admin:index"))
    for number in range(5):
        draft_course(owner, f"More {number}", modules=2)
    assert cost(client, reverse("courses_admin:index")) == one


def test_trees_of_many_courses_take_three_queries(django_assert_num_queries: Any) -> None:
    owner = instructor()
    for number in range(4):
        draft_course(owner, f"Draft {number}", modules=2)
    make_course(owner=owner, modules=1, lessons=1)
    courses = list(courses_of(owner))
    with django_assert_num_queries(3):
        found = cards(courses)
        assert sum(len(card.tree.problems) for card in found) == 8


def test_dashboard_says_what_to_do_next() -> None:
    owner = instructor()
    course = draft_course(owner, "Nearly ready")
    text = login(owner).get("/admin/").content.decode()
    assert "Nearly ready" in text
    assert reverse("courses_admin:send", args=[course.pk]) in text
    make_school()
    empty = create_course(actor=owner, title="Only a title", language="en")
    text = login(owner).get("/admin/").content.decode()
    assert "2 things to put right" in text
    assert reverse("courses_admin:send", args=[empty.pk]) not in text


def test_new_course_screen_leads_to_the_overview() -> None:
    make_school()
    owner = instructor()
    client = login(owner)
    response = client.post(reverse("courses_admin:new"), {"title": "  Fresh   start ", "language": "en"})
    course = CoursePage.objects.get()
    assert response.url == reverse("courses_admin:overview", args=[course.pk])
    assert (course.title, course.live, course.owner) == ("Fresh start", False, owner)
    assert CourseMember.objects.get().role == "owner"
    assert AuditEntry.objects.filter(verb="courses.course_created").count() == 1
    assert login(reviewer()).post(reverse("courses_admin:new"), {"title": "No", "language": "en"}).status_code == 302
    assert CoursePage.objects.count() == 1


def test_creating_is_refused_without_right_title_or_catalogue() -> None:
    make_school()
    owner = instructor()
    with pytest.raises(NotAllowed):
        create_course(actor=make_person(), title="No", language="en")
    with pytest.raises(InvalidInput):
        create_course(actor=owner, title="  ", language="en")
    with pytest.raises(NoCatalogue):
        create_course(actor=owner, title="Oui", language="fr")
    assert not CoursePage.objects.exists()


def test_owner_adds_and_removes_people() -> None:
    owner, friend = instructor(), instructor()
    course = draft_course(owner)
    member = add_member(actor=owner, course=course, email=f" {friend.email.upper()} ")
    assert (member.user, member.role, member.sort_order) == (friend, "co_author", 1)
    with pytest.raises(NotYourCourse):
        add_member(actor=friend, course=course, email=friend.email, role="owner")
    assert add_member(actor=owner, course=course, email=friend.email, role="owner").role == "owner"
    assert CourseMember.objects.filter(course_key=course.translation_key).count() == 2
    remove_member(actor=friend, course=course, member=CourseMember.objects.get(user=owner))
    with pytest.raises(LastOwner):
        remove_member(actor=friend, course=course, member=CourseMember.objects.get(user=friend))
    with pytest.raises(LastOwner):
        add_member(actor=friend, course=course, email=friend.email, role="co_author")
    verbs = AuditEntry.objects.filter(verb__startswith="courses.member").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["courses.member_added", "courses.member_changed", "courses.member_removed"]


def test_unknown_people_and_learners_are_not_added() -> None:
    owner = instructor()
    course = draft_course(owner)
    with pytest.raises(UnknownPerson):
        add_member(actor=owner, course=course, email="nobody@example.com")
    with pytest.raises(NoInstructor):
        add_member(actor=owner, course=course, email=make_person().email)
    assert CourseMember.objects.count() == 1


def test_member_of_another_course_is_not_removed_through_mine() -> None:
    owner, other = instructor(), instructor()
    mine, theirs = draft_course(owner), draft_course(other, "Theirs")
    member = CourseMember.objects.get(course_key=theirs.translation_key)
    with pytest.raises(NotYourCourse):
        remove_member(actor=owner, course=mine, member=member)
    url = reverse("courses_admin:remove_person", args=[mine.pk, member.pk])
    assert login(owner).post(url).status_code == 404
    assert CourseMember.objects.count() == 2


def test_people_screen_is_for_owners() -> None:
    owner, friend = instructor(), instructor()
    course = draft_course(owner)
    add_member(actor=owner, course=course, email=friend.email)
    url = reverse("courses_admin:people", args=[course.pk])
    assert friend.email in login(owner).get(url).content.decode()
    assert login(friend).get(url).status_code == 302
    assert login(friend).post(url, {"email": friend.email, "role": "owner"}).status_code == 302
    assert CourseMember.objects.get(user=friend).role == "co_author"


def test_tree_names_the_problem_where_it_is() -> None:
    owner = instructor()
    course = draft_course(owner)
    module = course.get_children().get()
    for page in module.get_children():
        page.delete()
    tree = course_tree(CoursePage.objects.get(pk=course.pk))
    assert [problem.message for problem in tree.errors] == [
        "The course has no lesson yet.",
        "The module is empty. Add a lesson or a quiz, or delete it.",
    ]
    assert [problem.message for problem in tree.problems_on(module.pk)] == [
        "The module is empty. Add a lesson or a quiz, or delete it."
    ]

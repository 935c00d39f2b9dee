"""Who may open what, as tables; and how many queries it takes."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commerce.actions.expire_enrollments import expire_enrollments
from commerce.models import Enrollment
from commerce.tests.factories import NOON, grant, make_enrollment, make_user
from core.clock import frozen
from courses.models import CourseMember, CoursePage, ModulePage
from courses.policies import can_edit_course
from courses.queries.outline import CourseOutline, OutlineItem, OutlineModule, outline_of, outlines_for
from courses.tests.factories import add_lesson, add_module, make_course
from learning.access import CourseAccess, course_access, course_accesses
from learning.actions.complete_lesson import complete_lesson
from learning.authorship import course_keys_authored_by
from learning.models import CourseProgress, LessonProgress
from learning.queries import dashboard
from learning.tests.factories import enrolled_learner

State = Enrollment.State
HOUR = timedelta(hours=1)
WINDOWS = {
    "open": (None, None),
    "within": (NOON - HOUR, NOON + HOUR),
    "not yet": (NOON + HOUR, None),
    "over": (None, NOON),
}
REASONS = {
    (State.ACTIVE, "open"): "",
    (State.ACTIVE, "within"): "",
    (State.ACTIVE, "not yet"): "enrollment_not_open",
    (State.ACTIVE, "over"): "not_enrolled",
    (State.PENDING, "open"): "enrollment_not_open",
    (State.PENDING, "within"): "enrollment_not_open",
    (State.PENDING, "not yet"): "enrollment_not_open",
    (State.PENDING, "over"): "not_enrolled",
    (State.SUSPENDED, "open"): "enrollment_suspended",
    (State.SUSPENDED, "within"): "enrollment_suspended",
    (State.SUSPENDED, "not yet"): "enrollment_suspended",
    (State.SUSPENDED, "over"): "not_enrolled",
    **{(state, window): "not_enrolled" for state in (State.EXPIRED, State.CANCELLED) for window in WINDOWS},
}


@pytest.mark.django_db
@pytest.mark.parametrize(("state", "window"), list(REASONS))
def test_state_and_window_decide(state, window):
    course = make_course(modules=1, lessons=1)
    starts_at, ends_at = WINDOWS[window]
    learner = enrolled_learner(course, state=state, starts_at=starts_at, ends_at=ends_at).learner
    with frozen(NOON):
        outline = outline_of(course)
        access = course_access(learner, course, outline)
        assert access.lock_reason(outline.items[0]) == REASONS[state, window]
        assert access.has_access == (REASONS[state, window] == "")


@pytest.mark.django_db
def test_free_previews_are_for_everyone():
    course = make_course(modules=1, lessons=1)
    add_lesson(ModulePage.objects.child_of(course).get(), is_free_preview=True)
    outline = outline_of(course)
    for user in (AnonymousUser(), None, make_user()):
        access = course_access(user, course, outline)
        assert [access.lock_reason(item) for item in outline.items] == ["not_enrolled", ""]
        assert (access.fraction, access.next_item, access.completed) == (0.0, None, frozenset())


@pytest.mark.django_db
def test_authors_agree_with_the_policy_of_courses():
    course, other = make_course(modules=1, lessons=1), make_course()
    author, reviewer = make_user(), make_user()
    CourseMember.objects.create(course_key=course.translation_key, user=author)
    people = [
        author,
        reviewer,
        make_user(permissions=("courses.change_coursepage",)),
        grant(make_user(), "courses.add_coursepage"),
        make_user(is_superuser=True),
        make_user(is_active=False, is_superuser=True),
        AnonymousUser(),
    ]
    keys = {course.translation_key, other.translation_key, uuid.uuid4()}
    for person in people:
        expected = {key for key in keys if can_edit_course(person, key)}
        assert course_keys_authored_by(person, keys) == expected
    access = course_access(author, course, outline_of(course))
    assert access.is_author
    assert access.can_open(outline_of(course).items[0])
    assert not access.has_access


@pytest.mark.django_db
def test_modules_open_one_after_the_other():
    course = make_course(modules=3, lessons=1, lesson_order=CoursePage.Order.SEQUENTIAL)
    enrollment = enrolled_learner(course)
    outline = outline_of(course)
    first, second, third = outline.items

    def reasons():
        access = course_access(enrollment.learner, course, outline_of(course))
        return [access.lock_reason(item) for item in (first, second, third)]

    assert reasons() == ["", "module_locked", "module_locked"]
    LessonProgress.objects.create(enrollment=enrollment, lesson_key=first.key, opened_at=NOON)
    assert reasons() == ["", "module_locked", "module_locked"]
    LessonProgress.objects.update(completed_at=NOON)
    assert reasons() == ["", "", "module_locked"]


@pytest.mark.django_db
def test_a_lesson_added_before_shuts_nobody_out():
    course = make_course(modules=3, lessons=1, lesson_order=CoursePage.Order.SEQUENTIAL)
    enrollment = enrolled_learner(course)
    first, second, third = outline_of(course).items
    for key, done in ((first.key, NOON), (second.key, None)):
        LessonProgress.objects.create(enrollment=enrollment, lesson_key=key, opened_at=NOON, completed_at=done)
    added = add_lesson(ModulePage.objects.child_of(course).first())
    outline = outline_of(course)
    access = course_access(enrollment.learner, course, outline)
    assert access.can_open(second)
    assert access.can_open(outline.by_key[added.translation_key])
    assert access.lock_reason(third) == "module_locked"


@pytest.mark.django_db
def test_a_free_preview_read_in_advance_opens_no_module():
    course = make_course(modules=1, lessons=1, lesson_order=CoursePage.Order.SEQUENTIAL)
    later = add_module(course)
    preview, locked = add_lesson(later, is_free_preview=True), add_lesson(later)
    enrollment = enrolled_learner(course)
    LessonProgress.objects.create(enrollment=enrollment, lesson_key=preview.translation_key, opened_at=NOON)
    outline = outline_of(course)
    access = course_access(enrollment.learner, course, outline)
    assert access.can_open(outline.by_key[preview.translation_key])
    assert access.lock_reason(outline.by_key[locked.translation_key]) == "module_locked"


def _items(count):
    module = uuid.uuid4()
    items = tuple(
        OutlineItem(n, uuid.uuid4(), "en", "lesson", str(n), "", 1, False, "scrolled", module) for n in range(count)
    )
    outline = CourseOutline(uuid.uuid4(), "en", (OutlineModule(1, module, "en", "M", "", items),))
    return outline, items


def test_next_is_the_one_opened_last_then_the_next_not_done():
    outline, (one, two, three) = _items(3)

    def next_of(done, last):
        progress = CourseProgress(last_item_key=last)
        return CourseAccess(
            outline.course_key,
            outline,
            has_access=True,
            completed=frozenset(item.key for item in done),
            progress=progress,
        ).next_item

    assert next_of([], None) == one
    assert next_of([], two.key) == two
    assert next_of([two], two.key) == three
    assert next_of([two, three], three.key) == one
    assert next_of([one, two, three], three.key) is None
    assert next_of([one], uuid.uuid4()) == two


def _queries(call, *args):
    with CaptureQueriesContext(connection) as captured:
        result = call(*args)
    return len(captured), result


@pytest.mark.django_db
def test_queries_are_flat_and_few():
    learner = make_user()
    counts = {}
    for target in (10, 50):
        while CoursePage.objects.count() < target:
            course = make_course(modules=1, lessons=1)
            enrollment = make_enrollment(learner, course.translation_key)
            key = outline_of(course).items[0].key
            LessonProgress.objects.create(enrollment=enrollment, lesson_key=key, opened_at=NOON, completed_at=NOON)
            CourseProgress.objects.create(enrollment=enrollment, last_item_key=key, last_active_at=NOON)
        courses = list(CoursePage.objects.select_related("locale"))
        outlines = outlines_for(courses)
        count, accesses = _queries(course_accesses, learner, courses, outlines)
        assert {access.fraction for access in accesses.values()} == {1.0}
        whole, entries = _queries(dashboard, learner, "en")
        assert len(entries) == target
        counts[target] = (count, whole)
        assert _queries(course_accesses, AnonymousUser(), courses, outlines)[0] == 0
    assert counts[10] == counts[50]
    assert counts[10][0] == 3
    assert counts[10][1] <= 7


@pytest.mark.django_db
def test_the_dashboard_begins_with_the_course_worked_on_last():
    learner = make_user()
    courses = [make_course(modules=1, lessons=1) for _number in range(3)]
    for number, course in enumerate(courses):
        enrollment = make_enrollment(learner, course.translation_key, enrolled_at=NOON + timedelta(hours=number))
        if number == 0:
            CourseProgress.objects.create(enrollment=enrollment, last_active_at=NOON + timedelta(days=1))
    courses[1].unpublish()
    assert [entry.course.pk for entry in dashboard(learner, "en")] == [courses[0].pk, courses[2].pk]
    assert dashboard(AnonymousUser(), "en") == []


@pytest.mark.django_db
def test_what_was_learnt_stays_when_the_time_is_over():
    """The moment the window closes and the moment the state follows look the same to the learner."""
    course = make_course(modules=1, lessons=2)
    enrollment = enrolled_learner(course, ends_at=NOON)
    outline, learner = outline_of(course), enrollment.learner
    with frozen(NOON - timedelta(days=1)):
        for item in outline.items:
            complete_lesson(actor=learner, lesson_key=item.key, language="en")
    with frozen(NOON):
        before = course_access(learner, course, outline)
        (entry_before,) = dashboard(learner, "en")
        assert expire_enrollments() == 1
        after = course_access(learner, course, outline)
        (entry,) = dashboard(learner, "en")
    for access in (before, after, entry_before.access, entry.access):
        assert access.is_completed
        assert access.fraction == 1.0
        assert len(access.completed) == 2
        assert not access.has_access
        assert {access.lock_reason(item) for item in outline.items} == {"not_enrolled"}
    assert after.enrollment.state == State.EXPIRED
    again = make_enrollment(learner, course.translation_key)
    assert course_access(learner, course, outline).enrollment == again
    assert course_access(learner, course, outline).fraction == 0.0

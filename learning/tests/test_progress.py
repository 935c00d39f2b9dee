"""Progress: rules of completion, resume, versions, and properties over random trees."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from hypothesis import given
from hypothesis import strategies as st

from commerce.actions.suspend_enrollment import suspend_enrollment
from commerce.models import Certificate, Enrollment
from commerce.tests.factories import NOON, make_user
from core.clock import frozen
from core.dispatch import dispatch
from core.errors import DomainError
from core.models import OutboxEvent
from courses.models import CourseMember, CoursePage, ModulePage
from courses.queries.outline import CourseOutline, OutlineItem, OutlineModule, outline_of
from courses.tests.factories import add_lesson, add_quiz, item_of, make_course, make_school, translate_page
from learning.access import CourseAccess, course_access
from learning.actions import complete_lesson, open_item
from learning.models import CourseProgress, LessonProgress
from learning.progress import deciding_quiz, lessons_decided_by
from learning.tests.factories import enrolled_learner, passed_attempt

RULES = ("opened", "scrolled", "quiz")


@st.composite
def trees(draw):
    """A course's outline of any shape: empty, empty modules, quizzes anywhere."""
    modules = []
    for _number in range(draw(st.integers(0, 4))):
        key = uuid.uuid4()
        shapes = draw(st.lists(st.tuples(st.sampled_from(("lesson", "quiz")), st.sampled_from(RULES)), max_size=5))
        items = tuple(
            OutlineItem(1, uuid.uuid4(), "en", kind, "T", "", 1, draw(st.booleans()), rule, key)
            for kind, rule in shapes
        )
        modules.append(OutlineModule(1, key, "en", "M", "", items))
    return CourseOutline(uuid.uuid4(), "en", tuple(modules))


@st.composite
def accesses(draw):
    """Any learner in any tree, with marks of lessons that are gone."""
    outline = draw(trees())
    keys = [item.key for item in outline.items] + [uuid.uuid4() for _gone in range(3)]
    opened = draw(st.sets(st.sampled_from(keys)))
    completed = frozenset(draw(st.sets(st.sampled_from(sorted(opened)))) if opened else ())
    progress = CourseProgress(
        last_item_key=draw(st.sampled_from([None, *keys])), completed_at=draw(st.sampled_from([None, NOON]))
    )
    return CourseAccess(
        outline.course_key,
        outline,
        is_sequential=draw(st.booleans()),
        has_access=draw(st.booleans()),
        completed=completed,
        opened=frozenset(opened),
        progress=draw(st.sampled_from([None, progress])),
    )


@given(accesses())
def test_progress_of_any_tree_is_a_share(access):
    assert 0.0 <= access.fraction <= 1.0
    if not access.outline.items and not access.is_completed:
        assert access.fraction == 0.0
    if access.is_completed:
        assert access.fraction == 1.0
        assert set(access.new_items) == {item for item in access.outline.items if item.key not in access.completed}
    following = access.next_item
    if following is not None:
        assert access.can_open(following)
        assert following.key not in access.completed
    elif access.has_access:
        assert all(item.key in access.completed or not access.can_open(item) for item in access.outline.items)


@given(accesses())
def test_an_open_module_is_never_behind_one_not_finished_unless_it_was_entered(access):
    for before, after in zip(access.outline.modules, access.outline.modules[1:], strict=False):
        if after.key in access.open_modules:
            assert before.key in access.open_modules


@given(trees())
def test_the_deciding_quiz_comes_next_in_the_same_module(outline):
    for item in outline.items:
        quiz = deciding_quiz(outline, item)
        if quiz is None:
            continue
        assert (quiz.kind, quiz.module_key, item.completion_rule) == ("quiz", item.module_key, "quiz")
        between = outline.items[outline.items.index(item) + 1 : outline.items.index(quiz)]
        assert all(other.kind == "lesson" for other in between)
        assert item.key in lessons_decided_by(outline, quiz.key)


def code_of(call, **kwargs):
    with pytest.raises(DomainError) as refused:
        call(**kwargs)
    return refused.value.code


def rows():
    return tuple(model.objects.count() for model in (LessonProgress, CourseProgress, OutboxEvent))


@pytest.fixture
def course(db):
    return make_course(modules=1)


@pytest.fixture
def module(course):
    return ModulePage.objects.child_of(course).get()


@pytest.fixture
def enrollment(course):
    return enrolled_learner(course)


@pytest.fixture
def learner(enrollment):
    return enrollment.learner


def visit(actor, course, page):
    return open_item(actor=actor, course=course, outline=outline_of(course), item=item_of(course, page))


def finish(actor, page):
    return complete_lesson(actor=actor, lesson_key=page.translation_key, language=page.locale.language_code)


def test_opening_remembers_where_one_stopped(course, module, learner):
    lessons = [add_lesson(module) for _number in range(3)]
    access = visit(learner, course, lessons[1])
    assert access.next_item.key == lessons[1].translation_key
    assert access.fraction == 0.0
    assert course_access(learner, course, outline_of(course)).next_item.key == lessons[1].translation_key


def test_opening_completes_by_rule(course, module, learner):
    opened, scrolled = add_lesson(module, completion_rule="opened"), add_lesson(module)
    assert visit(learner, course, opened).fraction == 0.5
    assert visit(learner, course, scrolled).fraction == 0.5
    assert finish(learner, scrolled).fraction == 1.0


def test_reading_on_writes_nothing_within_a_minute(course, module, learner, django_assert_max_num_queries):
    lesson = add_lesson(module)
    outline = outline_of(course)
    item = outline.items[0]
    with frozen(NOON) as clock:
        open_item(actor=learner, course=course, outline=outline, item=item)
        with django_assert_max_num_queries(3):
            open_item(actor=learner, course=course, outline=outline, item=item)
        clock.move(timedelta(minutes=1))
        open_item(actor=learner, course=course, outline=outline, item=item)
    assert CourseProgress.objects.get().last_active_at == NOON + timedelta(minutes=1)
    assert LessonProgress.objects.get(lesson_key=lesson.translation_key).opened_at == NOON


def test_completing_twice_changes_nothing(course, module, learner):
    lesson = add_lesson(module)
    add_lesson(module)
    finish(learner, lesson)
    before, stamp = rows(), LessonProgress.objects.get().completed_at
    assert finish(learner, lesson).fraction == 0.5
    assert (rows(), LessonProgress.objects.get().completed_at) == (before, stamp)


def test_a_lesson_waits_for_the_next_quiz_of_its_module(course, module, learner):
    lesson = add_lesson(module, completion_rule="quiz")
    quiz = add_quiz(module)
    visit(learner, course, lesson)
    before = rows()
    assert code_of(finish, actor=learner, page=lesson) == "quiz_required"
    assert rows() == before
    passed_attempt(learner, quiz)
    assert course_access(learner, course, outline_of(course)).fraction == 1.0
    assert finish(learner, lesson).fraction == 1.0


def test_a_lesson_put_before_a_passed_quiz_is_done_by_opening(course, module, learner):
    quiz = add_quiz(module)
    add_lesson(module)
    passed_attempt(learner, quiz)
    lesson = add_lesson(module, completion_rule="quiz")
    lesson.move(quiz, pos="left")
    assert visit(learner, course, lesson).completed >= {lesson.translation_key}


def test_a_lesson_without_a_quiz_behind_it_can_be_marked(course, module, learner):
    add_quiz(module)
    lesson = add_lesson(module, completion_rule="quiz")
    assert finish(learner, lesson).fraction == 0.5


def test_a_quiz_is_not_completed_by_hand(module, learner):
    quiz = add_quiz(module)
    assert code_of(finish, actor=learner, page=quiz) == "lesson_not_found"
    assert rows() == (0, 0, 0)


def test_lessons_added_later_are_new_and_undo_nothing(course, module, learner):
    first = add_lesson(module)
    finish(learner, first)
    dispatch()
    stamp = CourseProgress.objects.get()
    added = add_lesson(module)
    access = course_access(learner, course, outline_of(course))
    assert (access.is_completed, access.fraction) == (True, 1.0)
    assert [item.key for item in access.new_items] == [added.translation_key]
    assert access.next_item.key == added.translation_key
    assert finish(learner, added).new_items == ()
    dispatch()
    after = CourseProgress.objects.get()
    assert after.completed_at == stamp.completed_at
    assert after.completed_version == outline_of(course).version != stamp.completed_version
    assert Certificate.objects.count() == 1


def test_deleted_lessons_push_nothing_above_one(course, module, learner):
    lessons = [add_lesson(module) for _number in range(3)]
    for lesson in lessons[:2]:
        finish(learner, lesson)
    lessons[0].delete()
    assert course_access(learner, course, outline_of(course)).fraction == 0.5


def test_a_course_whose_last_open_lesson_is_removed_is_finished_at_the_next_visit(course, module, learner):
    done, left = add_lesson(module), add_lesson(module)
    finish(learner, done)
    left.delete()
    with frozen(NOON + timedelta(days=900)):
        assert visit(learner, course, done).is_completed


def test_progress_belongs_to_the_course_in_every_language(course, module, learner):
    lesson = add_lesson(module)
    french = translate_page(course, make_school("fr").courses)
    french_module = translate_page(module, french)
    french_lesson = translate_page(lesson, french_module)
    assert finish(learner, french_lesson).fraction == 1.0
    assert course_access(learner, course, outline_of(course)).is_completed
    dispatch()
    certificate = Certificate.objects.get()
    assert (certificate.language, certificate.course_title) == ("fr", french.title)


def test_a_second_enrolment_starts_afresh(course, module, enrollment, learner):
    lesson = add_lesson(module)
    finish(learner, lesson)
    Enrollment.objects.update(state=Enrollment.State.EXPIRED)
    from commerce.actions.enroll import enroll

    enroll(actor=learner, learner=learner, course_key=course.translation_key)
    access = course_access(learner, course, outline_of(course))
    assert (access.fraction, access.is_completed) == (0.0, False)


@pytest.mark.parametrize("state", [state for state in Enrollment.State if state != "active"])
def test_without_access_nothing_is_written(course, module, enrollment, learner, state):
    lesson = add_lesson(module)
    Enrollment.objects.update(state=state)
    expected = {"pending": "enrollment_not_open", "suspended": "enrollment_suspended"}.get(state, "not_enrolled")
    assert code_of(finish, actor=learner, page=lesson) == expected
    assert code_of(visit, actor=learner, course=course, page=lesson) == expected
    assert rows() == (0, 0, 0)


def test_strangers_and_visitors_write_nothing(course, module):
    lesson, preview = add_lesson(module), add_lesson(module, is_free_preview=True)
    stranger = make_user()
    assert code_of(finish, actor=stranger, page=lesson) == "not_enrolled"
    assert code_of(finish, actor=stranger, page=preview) == "not_enrolled"
    assert code_of(visit, actor=stranger, course=course, page=lesson) == "not_enrolled"
    assert visit(stranger, course, preview).fraction == 0.0
    assert visit(AnonymousUser(), course, preview).fraction == 0.0
    assert code_of(finish, actor=AnonymousUser(), page=preview) == "authentication_required"
    assert rows() == (0, 0, 0)


def test_locked_modules_record_nothing(db):
    course = make_course(modules=2, lessons=1, lesson_order=CoursePage.Order.SEQUENTIAL)
    learner = enrolled_learner(course).learner
    locked = outline_of(course).items[1]
    assert code_of(complete_lesson, actor=learner, lesson_key=locked.key, language="en") == "module_locked"
    opened = {"actor": learner, "course": course, "outline": outline_of(course), "item": locked}
    assert code_of(open_item, **opened) == "module_locked"
    assert rows() == (0, 0, 0)


def test_authors_look_without_a_trace(course, module):
    lesson = add_lesson(module)
    author = make_user()
    CourseMember.objects.create(course_key=course.translation_key, user=author)
    before = rows()
    assert visit(author, course, lesson).is_author
    assert finish(author, lesson).fraction == 0.0
    assert rows() == before


def test_unpublished_lessons_are_not_found(course, module, learner):
    lesson = add_lesson(module)
    module.unpublish()
    assert code_of(finish, actor=learner, page=lesson) == "lesson_not_found"


def test_suspending_stops_and_resuming_keeps(course, module, enrollment, learner):
    first, second = add_lesson(module), add_lesson(module)
    finish(learner, first)
    staff = make_user(permissions=("commerce.change_enrollment",))
    suspend_enrollment(actor=staff, enrollment=enrollment)
    assert code_of(finish, actor=learner, page=second) == "enrollment_suspended"
    from commerce.actions.resume_enrollment import resume_enrollment

    resume_enrollment(actor=staff, enrollment=enrollment)
    assert finish(learner, second).fraction == 1.0

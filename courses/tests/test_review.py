"""From draft to published: sending a whole course, answering it in one go, with the rights of each."""

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.test import Client
from django.urls import reverse
from wagtail.models import GroupPagePermission, Page, TaskState, Workflow, WorkflowPage, WorkflowState

from core.errors import InvalidInput, NotAllowed
from core.models import AuditEntry, OutboxEvent
from courses import roles
from courses.actions import approve_course, request_changes, submit_course, withdraw_course
from courses.errors import ContentProblems, NothingToReview, NotYourCourse
from courses.models import CourseIndexPage, CoursePage, LessonPage, ModulePage, QuizPage
from courses.queries.authoring import PageState, course_tree
from courses.tests.authoring import add_draft, draft_course, instructor, reviewer
from courses.tests.factories import make_school

pytestmark = pytest.mark.django_db


def reload(course: CoursePage) -> CoursePage:
    return CoursePage.objects.get(pk=course.pk)


def states(course: CoursePage) -> set[str]:
    return {page.state for page in course_tree(reload(course)).pages}


def login(person: object) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_submit_approve_publishes_everything_top_down() -> None:
    owner, judge = instructor(), reviewer()
    course = draft_course(owner, modules=2)
    assert submit_course(actor=owner, course=course) == 9
    assert states(course) == {PageState.IN_REVIEW}
    assert approve_course(actor=judge, course=reload(course), comment="Good.") == 9
    assert states(course) == {PageState.PUBLISHED}
    assert Page.objects.descendant_of(course, inclusive=True).filter(live=True).count() == 9
    verbs = AuditEntry.objects.filter(verb__startswith="courses.course_").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["courses.course_created", "courses.course_submitted", "courses.course_approved"]
    names = list(OutboxEvent.objects.order_by("pk").values_list("name", flat=True))
    published = [name for name in names if name.endswith("Published")]
    assert published == [
        "courses.CoursePublished",
        *(f"courses.{kind}Published" for kind in ("Module", "Lesson", "Lesson", "Quiz") * 2),
    ]


def test_reviewers_get_one_mail_for_a_course() -> None:
    owner = instructor()
    judge = reviewer()
    course = draft_course(owner, "Seven pages", modules=2)
    mail.outbox.clear()
    submit_course(actor=owner, course=course)
    assert [message.to for message in mail.outbox] == [[judge.email]]
    assert "Seven pages" in mail.outbox[0].subject


@pytest.mark.parametrize(("language", "word"), [("fr", "soumise"), ("ar", "للموافقة")])
def test_reviewers_are_written_to_in_their_language(language: str, word: str) -> None:
    owner = instructor(language="en")
    reviewer(language=language)
    course = draft_course(owner, "Seven pages")
    mail.outbox.clear()
    submit_course(actor=owner, course=course)
    (letter,) = mail.outbox
    assert "has been submitted" not in letter.subject + letter.body
    assert word in letter.subject + letter.body


def test_submit_refuses_problems_and_sends_nothing() -> None:
    owner = instructor()
    course = draft_course(owner)
    add_draft(course, ModulePage(title="Empty module"), owner)
    with pytest.raises(ContentProblems) as refused:
        submit_course(actor=owner, course=course)
    assert [str(problem) for problem in refused.value.problems] == [
        "Empty module: The module is empty. Add a lesson or a quiz, or delete it."
    ]
    assert not WorkflowState.objects.exists()
    assert not OutboxEvent.objects.filter(name="courses.CourseSubmitted").exists()


def test_changes_requested_then_sent_again() -> None:
    owner, judge = instructor(), reviewer()
    course = draft_course(owner)
    submit_course(actor=owner, course=course)
    with pytest.raises(InvalidInput):
        request_changes(actor=judge, course=course, comment=" ")
    assert request_changes(actor=judge, course=course, comment="Add an example.") == 5
    tree = course_tree(reload(course))
    assert (tree.state, tree.comments[0].review_comment) == (PageState.CHANGES_REQUESTED, "Add an example.")
    assert submit_course(actor=owner, course=reload(course)) == 5
    assert states(course) == {PageState.IN_REVIEW}
    assert WorkflowState.objects.active().count() == 5


def test_withdraw_gives_the_pages_back() -> None:
    owner = instructor()
    course = draft_course(owner)
    submit_course(actor=owner, course=course)
    lesson = LessonPage.objects.descendant_of(course).first()
    assert lesson.get_lock().for_user(owner)
    assert withdraw_course(actor=owner, course=course) == 5
    assert states(course) == {PageState.DRAFT}
    assert LessonPage.objects.get(pk=lesson.pk).get_lock() is None
    with pytest.raises(NothingToReview):
        withdraw_course(actor=owner, course=course)


def test_who_may_send_and_who_may_answer() -> None:
    owner, other, judge = instructor(), instructor(), reviewer()
    course = draft_course(owner)
    with pytest.raises(NotYourCourse):
        submit_course(actor=other, course=course)
    submit_course(actor=owner, course=course)
    for person in (owner, other):
        with pytest.raises(NotAllowed):
            approve_course(actor=person, course=course)
        with pytest.raises(NotAllowed):
            request_changes(actor=person, course=course, comment="No.")
    assert TaskState.objects.filter(status="in_progress").count() == 5
    assert not Page.objects.descendant_of(course, inclusive=True).live().exists()
    judge.is_active = False
    with pytest.raises(NotAllowed):
        approve_course(actor=judge, course=course)


def test_only_what_is_new_is_sent() -> None:
    owner, judge = instructor(), reviewer()
    course = draft_course(owner)
    submit_course(actor=owner, course=course)
    approve_course(actor=judge, course=course)
    with pytest.raises(NothingToReview):
        submit_course(actor=owner, course=reload(course))
    lesson = LessonPage.objects.descendant_of(course).first()
    lesson.title = "Better title"
    lesson.save_revision(user=owner)
    assert course_tree(reload(course)).state == PageState.CHANGED
    assert submit_course(actor=owner, course=reload(course)) == 1


def test_buttons_of_the_overview_walk_the_whole_way() -> None:
    owner, judge = instructor(), reviewer()
    course = draft_course(owner)
    overview = reverse("courses_admin:overview", args=[course.pk])
    author, critic = login(owner), login(judge)
    assert "Send course to review" in author.get(overview).content.decode()
    assert author.post(reverse("courses_admin:send", args=[course.pk])).url == overview
    assert "Draft course" in critic.get("/admin/").content.decode()
    page = critic.get(overview).content.decode()
    assert ("Approve and publish" in page, "Send course to review" in page) == (True, False)
    assert "Approve and publish" not in author.get(overview).content.decode()
    critic.post(reverse("courses_admin:answer", args=[course.pk]), {"answer": "approve"})
    assert states(course) == {PageState.PUBLISHED}


def test_editor_submits_but_never_publishes_for_an_instructor() -> None:
    owner = instructor()
    course = draft_course(owner)
    lesson = LessonPage.objects.descendant_of(course).first()
    text = login(owner).get(reverse("wagtailadmin_pages:edit", args=[lesson.pk])).content.decode()
    assert ('name="action-publish"' in text, 'name="action-submit"' in text) == (False, True)


def test_review_and_rights_hold_in_every_catalogue_and_stay_single() -> None:
    make_school()
    french = make_school("fr").courses
    before = (GroupPagePermission.objects.count(), Workflow.objects.count(), WorkflowPage.objects.count())
    roles.prepare()
    roles.grant_page_permissions(french)
    assert (GroupPagePermission.objects.count(), Workflow.objects.count(), WorkflowPage.objects.count()) == before
    for index in CourseIndexPage.objects.all():
        assert index.get_workflow().name == "Review before publishing"
    assert french.get_parent().get_workflow().name != "Review before publishing"


def test_administrators_have_the_whole_site_before_its_first_catalogue() -> None:
    group = Group.objects.get(name=roles.ADMINISTRATOR)
    GroupPagePermission.objects.filter(group=group).delete()
    assert not CourseIndexPage.objects.exists()
    roles.prepare()
    found = GroupPagePermission.objects.filter(group=group).values_list("page__depth", "permission__codename")
    assert sorted(found) == [
        (1, f"{verb}_page") for verb in ("add", "bulk_delete", "change", "lock", "publish", "unlock")
    ]


def test_quiz_without_right_answer_is_not_sent() -> None:
    owner = instructor()
    course = draft_course(owner)
    quiz = QuizPage.objects.descendant_of(course).get()
    raw = quiz.questions.raw_data[0]
    quiz.questions = [{**raw, "value": {**raw["value"], "answer": ""}}]
    quiz.save_revision(user=owner, clean=False)
    with pytest.raises(ContentProblems) as refused:
        submit_course(actor=owner, course=reload(course))
    assert [problem.message for problem in refused.value.problems] == [
        "Question 1: Say whether the statement is true or false."
    ]


def test_authors_add_pictures_and_files_in_their_collection_and_choose_everywhere() -> None:
    from wagtail.documents.permissions import permission_policy as documents
    from wagtail.images.permissions import permission_policy as images

    person = instructor()
    for policy in (images, documents):
        may_add = policy.collections_user_has_permission_for(person, "add")
        assert [collection.name for collection in may_add] == ["Courses"]
        assert {c.name for c in policy.collections_user_has_permission_for(person, "choose")} == {"Root", "Courses"}

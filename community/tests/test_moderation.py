"""Reports, hiding, restoring: who may, who still sees what, what is on record."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from commerce.models import Enrollment
from commerce.tests.factories import NOON, make_user
from community.actions import edit_comment, hide_comment, mark_answered, remove_comment, report_comment, restore_comment
from community.errors import (
    AlreadyReported,
    CommentNotFound,
    MayNotModerate,
    OwnComment,
    ReasonUnknown,
    ThreadNotFound,
    TooManyReports,
)
from community.events import CommentHidden
from community.models import Comment, CommentReport, Thread
from community.policies import MODERATE, can_moderate_anything, moderated_comment
from community.queries import talks, threads_at
from community.tests.factories import Talkers, ask, make_talkers, say
from core import clock
from core.models import AuditEntry, OutboxEvent
from learning.errors import AuthenticationRequired, NotEnrolled

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Talkers:
    return make_talkers()


@pytest.fixture
def thread(here: Talkers) -> Thread:
    return ask(here.learner, here.lesson)


@pytest.fixture
def comment(here: Talkers, thread: Thread) -> Comment:
    return say(here.other, thread, "Buy my rows.")


def words(user, here: Talkers, *, sees_hidden: bool = False) -> list[list[str]]:
    rows = threads_at(user, here.lesson.translation_key, sees_hidden=sees_hidden)
    return [[one.text for one in talk.comments] for talk in talks(rows, user, sees_hidden=sees_hidden)]


class TestReports:
    def test_once_a_person(self, here: Talkers, comment: Comment) -> None:
        report_comment(actor=here.learner, comment_id=comment.public_id, reason="spam")
        with pytest.raises(AlreadyReported):
            report_comment(actor=here.learner, comment_id=comment.public_id, reason="abuse")
        report_comment(actor=here.teacher, comment_id=comment.public_id, reason="other")
        comment.refresh_from_db()
        assert (comment.open_reports, comment.state, comment.reports.count()) == (2, "visible", 2)

    def test_refusals(self, here: Talkers, comment: Comment) -> None:
        with pytest.raises(OwnComment):
            report_comment(actor=here.other, comment_id=comment.public_id, reason="spam")
        with pytest.raises(ReasonUnknown):
            report_comment(actor=here.learner, comment_id=comment.public_id, reason="dull")
        with pytest.raises(NotEnrolled):
            report_comment(actor=here.stranger, comment_id=comment.public_id, reason="spam")
        with pytest.raises(AuthenticationRequired):
            report_comment(actor=AnonymousUser(), comment_id=comment.public_id, reason="spam")
        assert not CommentReport.objects.exists()

    def test_so_many_an_hour(self, here: Talkers, comment: Comment, monkeypatch) -> None:
        monkeypatch.setattr("community.limits.REPORTS_AN_HOUR", 1)
        second = say(here.other, comment.thread, "Buy more.")
        with clock.frozen(NOON):
            report_comment(actor=here.learner, comment_id=comment.public_id, reason="spam")
            with pytest.raises(TooManyReports):
                report_comment(actor=here.learner, comment_id=second.public_id, reason="spam")
        with clock.frozen(NOON + timedelta(minutes=61)):
            report_comment(actor=here.learner, comment_id=second.public_id, reason="spam")

    def test_a_report_outlives_its_writer(self, here: Talkers, comment: Comment) -> None:
        report_comment(actor=here.learner, comment_id=comment.public_id, reason="spam")
        Enrollment.objects.all().delete()
        here.learner.delete()
        comment.refresh_from_db()
        assert (comment.open_reports, comment.reports.get().person) == (1, None)


class TestHiding:
    def test_a_reply_loses_its_words_for_others(self, here: Talkers, comment: Comment) -> None:
        report_comment(actor=here.learner, comment_id=comment.public_id, reason="spam")
        hide_comment(actor=here.teacher, comment_id=comment.public_id, reason="spam")
        hide_comment(actor=here.teacher, comment_id=comment.public_id, reason="spam")
        assert words(here.learner, here) == [["Why rows?", ""]]
        assert words(here.other, here) == [["Why rows?", "Buy my rows."]]
        assert words(here.teacher, here, sees_hidden=True) == [["Why rows?", "Buy my rows."]]
        comment.refresh_from_db()
        assert (comment.open_reports, comment.reports.filter(settled_at=None).count()) == (0, 0)
        entry = AuditEntry.objects.get(verb="community.comment_hidden")
        assert (entry.actor, entry.facts["reason"], entry.facts["reports"]) == (here.teacher, "spam", 1)
        assert "Buy" not in entry.target_label + str(entry.facts)
        assert OutboxEvent.objects.filter(name=CommentHidden.event_name).count() == 1

    def test_with_the_question_goes_its_thread(self, here: Talkers, thread: Thread, comment: Comment) -> None:
        hide_comment(actor=here.teacher, comment_id=thread.comments.first().public_id)
        assert words(here.other, here) == []
        assert words(here.learner, here) == [["Why rows?", "Buy my rows."]]
        assert words(here.teacher, here, sees_hidden=True) == [["Why rows?", "Buy my rows."]]
        for actor in (here.learner, here.other, here.teacher):
            with pytest.raises(ThreadNotFound):
                say(actor, thread, "Still there?")

    @pytest.mark.parametrize("do", [hide_comment, restore_comment])
    def test_who_may_not(self, here: Talkers, comment: Comment, do) -> None:
        for actor, error in (
            (AnonymousUser(), AuthenticationRequired),
            (make_user(), NotEnrolled),
            (here.learner, MayNotModerate),
            (here.other, MayNotModerate),
            (here.stranger, NotEnrolled),
        ):
            with pytest.raises(error):
                do(actor=actor, comment_id=comment.public_id)
        comment.refresh_from_db()
        assert (comment.state, AuditEntry.objects.filter(verb__startswith="community.").count()) == ("visible", 0)

    def test_staff_with_the_permission_may_anywhere(self, comment: Comment) -> None:
        hide_comment(actor=make_user(permissions=(MODERATE,)), comment_id=comment.public_id)
        comment.refresh_from_db()
        assert comment.state == "hidden"

    def test_what_is_hidden_is_not_to_be_touched_by_others(self, here: Talkers, comment: Comment) -> None:
        hide_comment(actor=here.teacher, comment_id=comment.public_id)
        with pytest.raises(CommentNotFound):
            report_comment(actor=here.learner, comment_id=comment.public_id, reason="spam")
        with pytest.raises(CommentNotFound):
            edit_comment(actor=here.other, comment_id=comment.public_id, text="Buy nothing.")
        with pytest.raises(CommentNotFound):
            mark_answered(actor=here.teacher, comment_id=comment.public_id)
        remove_comment(actor=here.other, comment_id=comment.public_id)
        with pytest.raises(CommentNotFound):
            restore_comment(actor=here.teacher, comment_id=comment.public_id)


class TestRestoring:
    def test_back_to_what_it_was(self, here: Talkers, thread: Thread) -> None:
        say(here.teacher, thread)
        opening = thread.comments.first()
        for state in ("answered", "answered"):
            hide_comment(actor=here.teacher, comment_id=opening.public_id)
            restore_comment(actor=here.teacher, comment_id=opening.public_id)
            thread.refresh_from_db()
            assert thread.state == state
        assert AuditEntry.objects.filter(verb="community.comment_restored").count() == 2

    def test_letting_a_reported_one_stand(self, here: Talkers, comment: Comment) -> None:
        report_comment(actor=here.learner, comment_id=comment.public_id, reason="spam")
        restore_comment(actor=here.teacher, comment_id=comment.public_id)
        comment.refresh_from_db()
        assert (comment.state, comment.open_reports) == ("visible", 0)
        assert AuditEntry.objects.get(verb="community.comment_restored").facts["was_hidden"] is False


class TestPolicies:
    def test_which_rows(self, here: Talkers, comment: Comment) -> None:
        everything = set(Comment.objects.all())
        assert set(moderated_comment.filter(here.teacher)) == everything
        assert set(moderated_comment.filter(make_user(permissions=(MODERATE,)))) == everything
        assert set(moderated_comment.filter(make_user(permissions=("courses.change_coursepage",)))) == everything
        for user in (here.learner, here.stranger, AnonymousUser()):
            assert not moderated_comment.filter(user).exists()
        remove_comment(actor=here.other, comment_id=comment.public_id)
        assert set(moderated_comment.filter(here.teacher)) == everything - {comment}

    def test_who_has_business_in_the_list(self, here: Talkers) -> None:
        assert can_moderate_anything(make_user(permissions=("courses.add_coursepage",)))
        assert can_moderate_anything(make_user(permissions=(MODERATE,)))
        assert not can_moderate_anything(here.learner)
        assert not can_moderate_anything(AnonymousUser())

"""Reactions to events of lower floors, and to allauth's: somebody has logged in."""

from typing import Any

from allauth.account.signals import user_logged_in
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from commerce.carts import merge_carts
from core.outbox import handles
from courses.events import CoursePublished, LessonPublished, QuizPublished
from home.shop import cart_token
from home.tasks import make_pictures

__all__ = ["make_pictures_of_course", "make_pictures_of_lesson", "make_pictures_of_quiz", "take_the_cart_along"]


@handles(LessonPublished, name="home.make_pictures_of_lesson")
def make_pictures_of_lesson(event: LessonPublished) -> None:
    """Have the lesson's pictures made before somebody reads it."""
    _after_commit(str(event.lesson_key), event.language)


@handles(QuizPublished, name="home.make_pictures_of_quiz")
def make_pictures_of_quiz(event: QuizPublished) -> None:
    """Have the pictures in the quiz's questions made."""
    _after_commit(str(event.quiz_key), event.language)


@handles(CoursePublished, name="home.make_pictures_of_course")
def make_pictures_of_course(event: CoursePublished) -> None:
    """Have the course's cover and pictures made."""
    _after_commit(str(event.course_key), event.language)


@receiver(user_logged_in, dispatch_uid="home.take_the_cart_along")
def take_the_cart_along(request: HttpRequest, user: Any, **_more: Any) -> None:
    """Give what somebody put into a cart before they logged in or signed up to their account."""
    if token := cart_token(request):
        merge_carts(user, token)


def _after_commit(page_key: str, language: str) -> None:
    # A task of its own: the handler's transaction must not wait for pictures. Where no broker answers, the page
    # makes them itself when it is first read.
    # A lambda: where a robust callback fails, Django asks for its __qualname__, which a partial has not.
    transaction.on_commit(lambda: make_pictures.delay(page_key, language), robust=True)

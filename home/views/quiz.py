"""A quiz's page: what awaits, attempts so far, the button that starts one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from core.errors import DomainError
from courses.models import QuizPage
from courses.serving import page_view
from home.asked import AskedQuestion
from home.item_page import ItemPage, item_page, locked_page
from home.reading import load_pictures
from learning.actions.open_item import open_item
from learning.actions.start_attempt import start_attempt
from learning.models import QuizAttempt
from learning.queries import attempts_left, attempts_of
from learning.questions import learner_questions


@page_view(QuizPage)
def show_quiz(request: HttpRequest, page: QuizPage, *, preview: bool) -> HttpResponse:
    """Show what the quiz asks of a learner; a POST starts an attempt."""
    here = item_page(request, page, preview=preview)
    if here.lock_reason:
        return locked_page(request, here)
    if request.method == "POST" and not preview:
        return start(request, here)
    if here.item is not None and here.is_recorded and not preview:
        open_item(actor=request.user, course=here.course, outline=here.outline, item=here.item)
    load_pictures(page.introduction)
    attempts = list(attempts_of(request.user, page.translation_key)) if here.is_recorded else []
    context = here.context(
        request,
        preview=preview,
        attempts=attempts,
        open_attempt=next((found for found in attempts if found.state == QuizAttempt.State.OPEN), None),
        attempts_left=attempts_left(request.user, page) if here.is_recorded else page.attempts_allowed,
        has_passed=any(found.passed for found in attempts),
        question_count=min(page.draw_count or len(page.questions), len(page.questions)),
        is_recorded=here.is_recorded,
        # An author looks over every question of the pool; what is right stays in the editor.
        sample=_sample(page) if preview or (here.access.is_author and not here.is_recorded) else [],
    )
    return render(request, "home/quiz.html", context)


def start(request: HttpRequest, here: ItemPage) -> HttpResponse:
    """Start an attempt, or go on with the open one."""
    try:
        attempt = start_attempt(
            actor=request.user, quiz_key=here.page.translation_key, language=here.page.locale.language_code
        )
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(here.page.get_url(request))
    return redirect("home:attempt", attempt.public_id)


def _sample(page: QuizPage) -> list[AskedQuestion]:
    questions = learner_questions(list(page.questions), seed=str(page.translation_key))
    return [AskedQuestion(question, number=number) for number, question in enumerate(questions, start=1)]

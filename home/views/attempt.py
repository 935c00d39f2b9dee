"""Taking a quiz: answers saved one by one, handing in, and the review that its rules allow."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from core import clock
from core.errors import DomainError
from courses.queries.outline import outline_of
from courses.queries.pages import course_of, quiz_by_key
from home.answers import answer_in
from home.asked import AskedQuestion, Verdict
from home.reading_language import foreign_text
from learning.access import course_access
from learning.actions.save_answer import save_answer
from learning.actions.submit_attempt import submit_attempt
from learning.attempts import is_over_time
from learning.models import QuizAttempt
from learning.queries import attempt_for, saved_answers
from learning.questions import attempt_questions, review_of


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_attempt(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show the questions while the attempt is open, then the review. A POST saves all, and may hand in."""
    attempt = _attempt(request, public_id)
    if attempt.state == QuizAttempt.State.OPEN and is_over_time(attempt):
        attempt = submit_attempt(actor=request.user, attempt_id=attempt.public_id)
    if attempt.state != QuizAttempt.State.OPEN:
        return review(request, attempt)
    errors: dict[uuid.UUID, str] = {}
    if request.method == "POST":
        errors = _save_all(request, attempt)
        if not errors and request.POST.get("action") == "submit":
            submit_attempt(actor=request.user, attempt_id=attempt.public_id)
            return redirect("home:attempt", attempt.public_id)
        attempt = _attempt(request, public_id)
    return take(request, attempt, errors)


def take(request: HttpRequest, attempt: QuizAttempt, errors: dict[uuid.UUID, str]) -> HttpResponse:
    """The questions with the answers saved so far."""
    saved = saved_answers(attempt)
    asked = [
        AskedQuestion(
            question,
            number=number,
            answer=answer_in(request.POST, question)
            if question.key in errors
            else (saved[question.key].value if question.key in saved else {}),
            sequence=saved[question.key].sequence if question.key in saved else 0,
            error=errors.get(question.key, ""),
        )
        for number, question in enumerate(attempt_questions(attempt), start=1)
    ]
    seconds = max(0, int((attempt.deadline - clock.now()).total_seconds())) if attempt.deadline else None
    context = _around(request, attempt) | {"asked_questions": asked, "seconds_left": seconds, "errors": errors}
    return render(request, "home/attempt.html", context, status=400 if errors else 200)


def review(request: HttpRequest, attempt: QuizAttempt) -> HttpResponse:
    """The result, as far as the quiz's rules show it."""
    found = review_of(attempt)
    answers = [
        AskedQuestion(
            reviewed.question,
            answer=reviewed.answer or {},
            number=number,
            verdict=Verdict(
                is_correct=reviewed.is_correct,
                fraction=float(reviewed.fraction or 0),
                feedback=tuple(reviewed.feedback),
                explanation=reviewed.explanation,
                right_answer=reviewed.right_answer,
            ),
        )
        for number, reviewed in enumerate(found.questions, start=1)
    ]
    return render(request, "home/review.html", _around(request, attempt) | {"review": found, "answers": answers})


@never_cache
@login_required
@require_POST
def save(request: HttpRequest, public_id: uuid.UUID) -> JsonResponse:
    """Save one answer, sent by the page's script: form fields of the question, its key and a sequence number."""
    attempt = _attempt(request, public_id)
    key, sequence = request.POST.get("question", ""), request.POST.get("sequence", "")
    question = next((found for found in attempt_questions(attempt) if str(found.key) == key), None)
    if question is None or not sequence.isdecimal():
        raise Http404
    try:
        result = save_answer(
            actor=request.user,
            attempt_id=attempt.public_id,
            question_key=question.key,
            answer=answer_in(request.POST, question),
            sequence=int(sequence[:16]),
        )
    except DomainError as error:
        return JsonResponse({"saved": False, "code": error.code, "message": str(error)}, status=409)
    return JsonResponse({"saved": result.saved, "sequence": result.sequence})


def _save_all(request: HttpRequest, attempt: QuizAttempt) -> dict[uuid.UUID, str]:
    """Save what changed in the form; returns what could not be taken, by question."""
    saved = saved_answers(attempt)
    now = int(clock.now().timestamp() * 1000)  # as the script counts: milliseconds, so that the newest answer wins
    errors = {}
    for question in attempt_questions(attempt):
        answer, before = answer_in(request.POST, question), saved.get(question.key)
        if answer == (before.value if before else None) or not (before or _says_something(answer)):
            continue
        if before and before.sequence > _number(request.POST.get(f"s-{question.key}", "")):
            continue  # saved from another tab after this form was shown: the form knows less
        try:
            save_answer(
                actor=request.user,
                attempt_id=attempt.public_id,
                question_key=question.key,
                answer=answer,
                sequence=max(now, before.sequence + 1 if before else 0),
            )
        except DomainError as error:
            if error.code == "deadline_passed":
                messages.warning(request, str(error))
                return {}
            errors[question.key] = str(error)
    return errors


def _number(text: str) -> int:
    return int(text[:16]) if text.isdecimal() else 0


def _says_something(answer: dict[str, Any]) -> bool:
    (value,) = answer.values()
    return any(value.values()) if isinstance(value, dict) else value not in ("", [], None)


def _attempt(request: HttpRequest, public_id: uuid.UUID) -> QuizAttempt:
    attempt = attempt_for(request.user, public_id)
    if attempt is None:
        raise Http404
    return attempt


def _around(request: HttpRequest, attempt: QuizAttempt) -> dict[str, Any]:
    """The quiz and its course, which may have been unpublished since."""
    context: dict[str, Any] = {
        "attempt": attempt,
        "section": "catalogue",
        "is_unlisted": True,
        # Its questions stay as they were drawn, keys included, when the learner switches language in the middle.
        "foreign": foreign_text(attempt.language),
    }
    quiz = quiz_by_key(attempt.quiz_key, attempt.language)
    if quiz is None:
        return context
    course = course_of(quiz)
    outline = outline_of(course)
    _previous, following = outline.neighbours(quiz.translation_key)
    return context | {
        "quiz": quiz,
        "quiz_url": quiz.get_url(request),
        "course": course,
        "course_url": course.get_url(request),
        "next": following,
        "access": course_access(request.user, course, outline),
    }

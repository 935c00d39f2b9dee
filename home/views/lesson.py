"""The lesson reader: blocks, self-checks, marking as done."""

import uuid
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from core.errors import DomainError
from courses.models import LessonPage
from courses.serving import page_view
from home.answers import answer_in
from home.asked import AskedQuestion, Verdict
from home.item_page import ItemPage, item_page, locked_page
from home.moments import Typed, moments_of, started_at
from home.reading import contents, load_pictures, parts_of, scripts_for, videos_in
from home.shown_video import PageVideos
from home.videos import question_moments, shown_videos
from home.views.notes import change_moments
from home.watch_cookie import set_watch_cookie
from learning.actions.check_self_check import check_self_check
from learning.actions.complete_lesson import complete_lesson
from learning.actions.open_item import open_item
from learning.questions import LearnerQuestion, learner_questions
from learning.videos import Right


@page_view(LessonPage)
def show_lesson(request: HttpRequest, page: LessonPage, *, preview: bool) -> HttpResponse:
    """Show a lesson. A POST answers a self-check or marks the lesson as done."""
    here = item_page(request, page, preview=preview)
    if here.lock_reason:
        return locked_page(request, here)
    if request.headers.get("X-Island") == "transcript" and request.method == "GET":
        return transcript(request, here, preview=preview)
    if request.method == "POST" and not preview:
        if "question" in request.POST:
            return check(request, here)
        if "do" in request.POST:
            return change_moments(request, here, read)
        return complete(request, here)
    if here.item is not None and here.is_recorded and not preview:
        access = open_item(actor=request.user, course=here.course, outline=here.outline, item=here.item)
        here = replace(here, access=access)
    return read(request, here, preview=preview)


def read(
    request: HttpRequest,
    here: ItemPage,
    *,
    preview: bool = False,
    answered: AskedQuestion | None = None,
    typed: Typed | None = None,
) -> HttpResponse:
    """Render the lesson, with the verdict on one self-check if one was just answered, and with what was refused."""
    body = here.page.body
    load_pictures(body)
    parts = parts_of(body)
    asked = {
        question.key: AskedQuestion(question)
        for question in learner_questions(
            [part.block for part in parts if part.is_question], seed=str(here.page.translation_key)
        )
    }
    if answered:
        asked[answered.question.key] = answered
    is_done = here.page.translation_key in here.access.completed
    videos = started_at(request, videos_of(request, here, preview=preview))
    context = here.context(
        request,
        preview=preview,
        parts=parts,
        contents=contents(parts),
        asked=asked,
        uses=scripts_for(body),
        is_done=is_done,
        may_mark=here.is_recorded and not preview and not is_done and here.page.completion_rule != "quiz",
        completes_at_end=here.page.completion_rule == LessonPage.Completion.SCROLLED,
        videos=videos,
        moments=moments_of(request, here, preview=preview, typed=typed),
    )
    response = render(request, "home/lesson.html", context, status=400 if typed else 200)
    if videos:
        set_watch_cookie(request, response)
    return response


def videos_of(request: HttpRequest, here: ItemPage, *, preview: bool) -> PageVideos:
    """The lesson's videos for this visitor, who may open it."""
    if here.item is not None and here.item.is_free_preview:
        right = Right(is_free=True)
    elif here.access.has_access:
        right = Right(enrollment=here.access.enrollment, course=here.course)
    else:
        right = Right(is_staff=True)
    return shown_videos(
        request,
        videos_in(here.page.body),
        language=here.page.locale.language_code,
        right=right,
        lesson_key=here.page.translation_key,
        is_preview=preview,
        questions=question_moments(here.page.body),
    )


def transcript(request: HttpRequest, here: ItemPage, *, preview: bool) -> HttpResponse:
    """The transcript of one video (``?v=``) alone, in the language that ``?captions=`` names."""
    for shown in videos_of(request, here, preview=preview).by_pk.values():
        if shown.video.public_id.hex == request.GET.get("v"):
            response = render(request, "home/parts/transcript.html", {"shown": shown})
            set_watch_cookie(request, response)
            return response
    raise Http404


def check(request: HttpRequest, here: ItemPage) -> HttpResponse:
    """Check one answer; nothing is stored. With JavaScript the verdict alone travels, without it the whole page."""
    question = _question(here.page, request.POST.get("question", ""))
    answer = answer_in(request.POST, question)
    verdict, error = None, ""
    try:
        result = check_self_check(
            actor=request.user,
            lesson_key=here.page.translation_key,
            question_key=question.key,
            answer=answer,
            language=here.page.locale.language_code,
        )
        verdict = Verdict(
            is_correct=result.is_correct,
            fraction=float(result.fraction),
            feedback=tuple(result.feedback),
            explanation=result.explanation,
            right_answer=result.right_answer,
        )
    except DomainError as refused:
        error = str(refused)
    if request.headers.get("X-Island"):
        template = "home/quiz/verdict.html" if verdict else "home/quiz/refused.html"
        return render(request, template, {"verdict": verdict, "error": error}, status=200 if verdict else 400)
    return read(request, here, answered=AskedQuestion(question, answer=answer, verdict=verdict, error=error))


def complete(request: HttpRequest, here: ItemPage) -> HttpResponse:
    """Mark the lesson as done, on the learner's word where no script counts what is watched."""
    refused = ""
    fraction = here.access.fraction
    try:
        language = here.page.locale.language_code
        access = complete_lesson(
            actor=request.user,
            lesson_key=here.page.translation_key,
            language=language,
            says_watched="watched" in request.POST,
        )
        fraction = access.fraction
    except DomainError as error:
        refused = str(error)
    if request.headers.get("X-Island"):
        body: dict[str, Any] = {"error": refused} if refused else {"fraction": fraction}
        return JsonResponse(body, status=409 if refused else 200)
    if refused:
        messages.error(request, refused)
    return redirect(here.page.get_url(request) + ("" if refused else "#end"))


def _question(page: LessonPage, key: str) -> LearnerQuestion:
    try:
        wanted = uuid.UUID(key)
    except ValueError:
        raise Http404 from None
    for part in parts_of(page.body):
        if part.question_key == wanted:
            return learner_questions([part.block], seed=str(page.translation_key))[0]
    raise Http404

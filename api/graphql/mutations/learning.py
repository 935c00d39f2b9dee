"""Enrolling, lessons, quizzes. Each mutation calls the action that the website's button calls."""

from typing import Any

import graphene
from django.conf import settings

from api.graphql.context import context_of
from api.graphql.ids import page_key, uuid_of
from api.graphql.mutations.base import Answer, Payload, perform
from api.graphql.types.common import user_errors
from api.graphql.types.person import EnrollmentType, enrollment_nodes
from api.graphql.types.questions import AnswerInput, readable_answer, stored_answer
from api.graphql.types.quiz import AttemptNode, AttemptType
from commerce.actions.enroll import enroll
from core.errors import DomainError
from courses.keys import parse_page_public_id
from courses.queries.outline import outline_of
from courses.queries.pages import course_of, item_by_key
from learning.actions.check_self_check import check_self_check
from learning.actions.complete_lesson import complete_lesson
from learning.actions.open_item import open_item
from learning.actions.save_answer import save_answer
from learning.actions.start_attempt import start_attempt
from learning.actions.submit_attempt import submit_attempt
from learning.errors import LessonNotFound


class EnrollInCourseInput(graphene.InputObjectType):
    """Which course."""

    course_id = graphene.ID(required=True)


class EnrollInCoursePayload(Payload):
    """The enrolment; the one that exists when the person is enrolled already."""

    enrollment = graphene.Field(EnrollmentType)


class LessonInput(graphene.InputObjectType):
    """Which lesson."""

    lesson_id = graphene.ID(required=True)


class CompleteLessonInput(LessonInput):
    """A lesson that is done."""

    says_watched = graphene.Boolean(
        description="Watching completes it, and `reportWatch` can't tell of it: taken once there was time for it since "
        "`openLesson`, and kept as the learner's word."
    )


class ProgressPayload(Payload):
    """How far the course is now."""

    progress = graphene.Float(description="0 to 1.")


class StartQuizAttemptInput(graphene.InputObjectType):
    """Which quiz."""

    quiz_id = graphene.ID(required=True)


class AttemptPayload(Payload):
    """The attempt."""

    attempt = graphene.Field(AttemptType)


class SaveAnswerInput(graphene.InputObjectType):
    """One answer. Count ``sequence`` up with every change: an older one that arrives late is ignored."""

    attempt_id = graphene.ID(required=True)
    question_id = graphene.ID(required=True)
    answer = AnswerInput(required=True)
    sequence = graphene.Int(required=True)


class SaveAnswerPayload(Payload):
    """Whether the answer, or a later one, is kept."""

    saved = graphene.Boolean(required=True)
    sequence = graphene.Int(description="Of the answer that is kept.")


class SubmitQuizAttemptInput(graphene.InputObjectType):
    """Which attempt."""

    attempt_id = graphene.ID(required=True)


class CheckSelfCheckInput(graphene.InputObjectType):
    """An answer to a question in a lesson."""

    lesson_id = graphene.ID(required=True)
    question_id = graphene.ID(required=True)
    answer = AnswerInput(required=True)


class CheckSelfCheckPayload(Payload):
    """What the author says to the answer; nothing is kept."""

    is_correct = graphene.Boolean()
    fraction = graphene.Float()
    feedback = graphene.List(graphene.NonNull(graphene.String))
    explanation = graphene.String(description="HTML.")
    right_answer = graphene.List(graphene.NonNull(graphene.String))


class LearningMutations(graphene.ObjectType):
    """Part of ``Mutation``."""

    enroll_in_course = graphene.Field(EnrollInCoursePayload, required=True, input=EnrollInCourseInput(required=True))
    open_lesson = graphene.Field(
        ProgressPayload,
        required=True,
        input=LessonInput(required=True),
        description="The learner has this lesson before them: done if its rule says so; the place to resume at.",
    )
    complete_lesson = graphene.Field(ProgressPayload, required=True, input=CompleteLessonInput(required=True))
    start_quiz_attempt = graphene.Field(
        AttemptPayload,
        required=True,
        input=StartQuizAttemptInput(required=True),
        description="Start, or go on with the open attempt.",
    )
    save_answer = graphene.Field(SaveAnswerPayload, required=True, input=SaveAnswerInput(required=True))
    submit_quiz_attempt = graphene.Field(AttemptPayload, required=True, input=SubmitQuizAttemptInput(required=True))
    check_self_check = graphene.Field(CheckSelfCheckPayload, required=True, input=CheckSelfCheckInput(required=True))

    @staticmethod
    def resolve_enroll_in_course(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            key = page_key(input["course_id"], "courseId")
            language = language_of_page(input["course_id"], info)
            enrollment = enroll(actor=person, learner=person, course_key=key, language=language)
            return {"enrollment": enrollment_nodes([enrollment], info)[0]}

        return perform(info, action)

    @staticmethod
    def resolve_open_lesson(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            key = page_key(input["lesson_id"], "lessonId")
            page = item_by_key(key, language_of_page(input["lesson_id"], info))
            if page is None:
                raise LessonNotFound
            course = course_of(page)
            outline = outline_of(course)
            access = open_item(actor=person, course=course, outline=outline, item=outline.by_key[key])
            return {"progress": access.fraction}

        return perform(info, action)

    @staticmethod
    def resolve_complete_lesson(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            key = page_key(input["lesson_id"], "lessonId")
            access = complete_lesson(
                actor=person,
                lesson_key=key,
                language=language_of_page(input["lesson_id"], info),
                says_watched=bool(input.get("says_watched")),
            )
            return {"progress": access.fraction}

        return perform(info, action)

    @staticmethod
    def resolve_start_quiz_attempt(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            key = page_key(input["quiz_id"], "quizId")
            attempt = start_attempt(actor=person, quiz_key=key, language=language_of_page(input["quiz_id"], info))
            return {"attempt": AttemptNode(attempt)}

        return perform(info, action)

    @staticmethod
    def resolve_save_answer(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            result = save_answer(
                actor=person,
                attempt_id=uuid_of(input["attempt_id"], "attemptId"),
                question_key=uuid_of(input["question_id"], "questionId"),
                answer=stored_answer(input["answer"]),
                sequence=input["sequence"],
            )
            return {"saved": result.saved, "sequence": result.sequence}

        answer = perform(info, action)
        answer.__dict__.setdefault("saved", False)
        return answer

    @staticmethod
    def resolve_submit_quiz_attempt(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            attempt = submit_attempt(actor=person, attempt_id=uuid_of(input["attempt_id"], "attemptId"))
            return {"attempt": AttemptNode(attempt)}

        return perform(info, action)

    @staticmethod
    def resolve_check_self_check(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        try:
            result = check_self_check(
                actor=context_of(info).user,
                lesson_key=page_key(input["lesson_id"], "lessonId"),
                question_key=uuid_of(input["question_id"], "questionId"),
                answer=stored_answer(input["answer"]),
                language=language_of_page(input["lesson_id"], info),
            )
        except DomainError as error:
            return Answer(errors=user_errors(error))
        return Answer(
            is_correct=result.is_correct,
            fraction=float(result.fraction),
            feedback=list(result.feedback),
            explanation=str(result.explanation),
            right_answer=readable_answer(result.right_answer),
        )


def language_of_page(page_id: str, info: Any) -> str:
    """The language that a page id names, or the answer's."""
    language = parse_page_public_id(page_id)[1]
    return language if language in dict(settings.LANGUAGES) else context_of(info).language

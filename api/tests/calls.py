"""Calling the API as a program does: over HTTP, with what a program would have."""

import json
from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client

COURSE_FIELDS = """id slug title subtitle summary level locale url durationMinutes
  cover { src srcset alt width height } categories { slug title } instructors { name }
  modules { id title lessons { id title kind durationMinutes isFreePreview isLocked isCompleted } }
  viewer { isEnrolled progress nextLesson { id title } }"""

COURSES = f"""query ($first: Int, $after: String, $search: String, $filter: CourseFilter, $orderBy: CourseOrder) {{
  courses(first: $first, after: $after, search: $search, filter: $filter, orderBy: $orderBy) {{
    totalCount pageInfo {{ hasNextPage endCursor }} edges {{ cursor node {{ {COURSE_FIELDS} }} }} }} }}"""

BLOCKS = """id __typename
  ... on RichTextBlock { html } ... on HeadingBlock { text level } ... on CodeBlock { language code caption }
  ... on ImageBlock { image { src alt } caption decorative } ... on MathBlock { latex mathml }
  ... on TableBlock { header rows } ... on CalloutBlock { kind title body { id __typename } }
  ... on SolutionBlock { title body { id __typename } } ... on FileBlock { title url bytes }
  ... on EmbedBlock { url caption } ... on AudioBlock { title url transcript }
  ... on GlossaryTermBlock { term definition }"""

QUESTIONS = """id __typename points prompt { id __typename ... on RichTextBlock { html } }
  isCorrect fraction feedback explanation rightAnswer
  savedAnswer { sequence optionIds value number text order matches { leftId rightId } blanks { number text } }
  ... on SingleChoiceQuestion { options { id html } } ... on MultipleChoiceQuestion { options { id html } }
  ... on NumericQuestion { unit } ... on OrderingQuestion { items { id html } }
  ... on MatchingQuestion { lefts { id html } rights { id html } }
  ... on FillBlanksQuestion { segments { text blankNumber } }"""

LESSON = f"""query ($id: ID!) {{ lesson(id: $id) {{ id title kind isLocked lockReason previous {{ id }} next {{ id }}
  body {{ {BLOCKS} ... on SelfCheckBlock {{ question {{ {QUESTIONS} }} }} }} }} }}"""

QUIZ = """query ($id: ID!) { quiz(id: $id) { id title passMark timeLimitMinutes attemptsLeft attemptsAllowed
  questionCount isLocked attempts { id state score passed } } }"""

ENROLL = """mutation ($id: ID!) { enrollInCourse(input: {courseId: $id}) {
  enrollment { id state progress } errors { code field message } } }"""
COMPLETE = """mutation ($id: ID!) { completeLesson(input: {lessonId: $id}) { progress errors { code message } } }"""
START = f"""mutation ($id: ID!) {{ startQuizAttempt(input: {{quizId: $id}}) {{
  attempt {{ id deadline state score passed questions {{ {QUESTIONS} }} }} errors {{ code message }} }} }}"""
SAVE = """mutation ($attempt: ID!, $question: ID!, $answer: AnswerInput!, $sequence: Int!) {
  saveAnswer(input: {attemptId: $attempt, questionId: $question, answer: $answer, sequence: $sequence}) {
    saved sequence errors { code field message } } }"""
SUBMIT = f"""mutation ($id: ID!) {{ submitQuizAttempt(input: {{attemptId: $id}}) {{
  attempt {{ id state score passed questions {{ {QUESTIONS} }} }} errors {{ code message }} }} }}"""
CHECK = """mutation ($lesson: ID!, $question: ID!, $answer: AnswerInput!) {
  checkSelfCheck(input: {lessonId: $lesson, questionId: $question, answer: $answer}) {
    isCorrect fraction feedback explanation rightAnswer errors { code message } } }"""
ME = """{ me { id email name enrollments { course { slug } progress state } certificates { number url } } }"""


def person(email: str, *, groups: tuple[str, ...] = (), **fields: Any) -> Any:
    """A person who can log in, in the given groups."""
    from django.contrib.auth.models import Group

    user = get_user_model().objects.create_user(email, "long-enough-word", name=email.split("@")[0].title(), **fields)
    user.groups.add(*Group.objects.filter(name__in=groups))
    return user


def client_of(user: Any | None) -> Client:
    """A client logged in as ``user``, or a visitor's."""
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def ask(client: Client, query: str, /, **variables: Any) -> dict[str, Any]:
    """The whole answer to a document."""
    response = client.post(
        "/graphql/", json.dumps({"query": query, "variables": variables}), content_type="application/json"
    )
    return response.json()


def data(client: Client, query: str, /, **variables: Any) -> dict[str, Any]:
    """The answer's data; an answer with errors fails the test with them."""
    answer = ask(client, query, **variables)
    assert "errors" not in answer, answer["errors"]
    return answer["data"]

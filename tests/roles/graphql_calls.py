"""One document for each operation of the schema, and what its answer means for who asked."""

import json
from typing import Any

from api.tests.calls import (
    CHECK,
    COMPLETE,
    COURSE_FIELDS,
    COURSES,
    ENROLL,
    LESSON,
    ME,
    QUESTIONS,
    QUIZ,
    SAVE,
    START,
    SUBMIT,
)
from tests.roles.knocking import Knock, Knocker
from tests.roles.people import Outcome
from tests.roles.rows import Row, argument_of
from tests.roles.school import World

__all__ = ["DOCUMENTS", "ask"]

_PATH = f"slug title stages {{ courses {{ {COURSE_FIELDS} }} }}"
DOCUMENTS = {
    "courses": COURSES,
    "course": f"query ($id: ID!) {{ course(id: $id) {{ {COURSE_FIELDS} body {{ id __typename }} }} }}",
    "lesson": LESSON,
    "quiz": QUIZ,
    "quizAttempt": f"query ($id: ID!) {{ quizAttempt(id: $id) {{ id state score questions {{ {QUESTIONS} }} }} }}",
    "learningPaths": f"{{ learningPaths(first: 2) {{ edges {{ node {{ {_PATH} }} }} }} }}",
    "learningPath": f"query ($id: String!) {{ learningPath(slug: $id) {{ {_PATH} }} }}",
    "me": ME,
    "certificate": """query ($id: String!) {
        certificate(number: $id) { number learnerName courseTitle issuedOn isRevoked } }""",
    "preview": f"query ($id: String!) {{ preview(token: $id) {{ kind title questions {{ {QUESTIONS} }} }} }}",
    "enrollInCourse": ENROLL,
    "openLesson": COMPLETE.replace("completeLesson", "openLesson"),
    "completeLesson": COMPLETE,
    "startQuizAttempt": START,
    "saveAnswer": SAVE,
    "submitQuizAttempt": SUBMIT,
    "checkSelfCheck": CHECK,
    "notifications": "{ notifications { edges { node { id title text url } } } }",
    "unreadNotificationCount": "{ unreadNotificationCount }",
    "notificationPreferences": "{ notificationPreferences { category channel isOn } }",
    "markNotificationsRead": """mutation ($id: ID!) { markNotificationsRead(input: {ids: [$id]}) {
        marked errors { code } } }""",
    "setNotificationPreference": """mutation ($id: String!) { setNotificationPreference(
        input: {category: $id, channel: MAIL, isOn: false}) { preference { isOn } errors { code } } }""",
}


def ask(knocker: Knocker, who: str, row: Row) -> Knock:
    """Send a row's operation; ``override`` says what a 200 means."""
    body = json.dumps({"query": DOCUMENTS[row.name], "variables": _variables(knocker.world, row)})
    found = knocker.knock(who, "POST", "/graphql/", body, content_type="application/json")
    found.override = _meaning(json.loads(found.body), row.name) or found.override
    return found


def _variables(world: World, row: Row) -> dict[str, Any]:
    target = str(argument_of(world, row.arguments[0])) if row.arguments else None
    asked, check = world.asked, world.self_check
    return {
        "saveAnswer": lambda: {
            "attempt": target,
            "question": asked["id"],
            "answer": {"optionIds": world.asked_answer["option_ids"]},
            "sequence": 7,
        },
        "checkSelfCheck": lambda: {
            "lesson": target,
            "question": check["id"],
            "answer": {"optionIds": [check["value"]["options"][0]["id"]]},
        },
    }.get(row.name, lambda: {"id": target} if target else {})()


def _meaning(answer: dict[str, Any], name: str) -> str | None:
    """A denial's letter, or None for an answer that gives what was asked for."""
    if "errors" in answer:
        code = answer["errors"][0]["extensions"]["code"]
        return Outcome.LOGIN if code == "NOT_LOGGED_IN" else code
    value = answer["data"][name]
    if value is None:
        return Outcome.HIDDEN
    if not isinstance(value, dict):
        return None
    if value.get("isLocked"):
        return "unlocked body" if value.get("body") else Outcome.REFUSED
    if not value.get("errors"):
        return None
    code = value["errors"][0]["code"]
    if code == "not_logged_in":
        return Outcome.LOGIN
    return Outcome.HIDDEN if code.endswith("_not_found") else Outcome.REFUSED

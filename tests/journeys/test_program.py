"""The same journey by a program alone: allauth's headless log-in, GraphQL with a token, REST for the file."""

import json
import urllib.error
import urllib.request
from typing import Any

from accounts.tests.factories import PASSWORD
from api.tests.calls import CHECK, COMPLETE, COURSES, ENROLL, LESSON, ME, QUIZ, SAVE, START, SUBMIT
from courses.models import LessonPage
from learning.grading import read_question
from learning.models import QuizAttempt
from learning.tests.factories import right_answer
from tests.journeys.school import School
from tests.journeys.steps import link_in_mail_to

ADDRESS = "chidi@example.com"
FROM_CERTIFICATE = "query ($number: String!) { certificate(number: $number) { learnerName courseTitle isRevoked } }"


class Program:
    """Keeps what an app keeps: an address, a session token until it is in, then two tokens."""

    def __init__(self, school: School) -> None:
        self.school = school
        self.headers: dict[str, str] = {}
        self.refresh_token = ""

    def request(self, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
        """Send JSON over the network; returns the status and what was answered."""
        headers = {"Content-Type": "application/json", "Accept-Language": "en", **self.headers}
        sent = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.school + path, sent, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answered:
                return answered.status, answered.read()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read()

    def auth(self, path: str, body: dict[str, Any], *, expected: int) -> dict[str, Any]:
        """Call the headless API and keep the tokens that it gives."""
        status, answered = self.request("POST", f"/_allauth/app/v1/{path}", body)
        assert status == expected, answered
        found = json.loads(answered)
        tokens = found.get("meta", {}) | (found["data"] if "refresh_token" in found.get("data", {}) else {})
        if "access_token" in tokens:
            self.headers = {"Authorization": f"Bearer {tokens['access_token']}"}
            self.refresh_token = tokens["refresh_token"]
        elif "session_token" in tokens:
            self.headers = {"X-Session-Token": tokens["session_token"]}
        return found

    def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        """Run a GraphQL document; an error fails the test with it."""
        status, answered = self.request("POST", "/graphql/", {"query": document, "variables": variables})
        found = json.loads(answered)
        assert (status, found.get("errors")) == (200, None), answered
        return found["data"]


def test_from_sign_up_to_the_file(school: School) -> None:
    program = Program(school)
    sign_up_and_refresh(program)
    course = find_and_enroll(program)
    items = [lesson for module in course["modules"] for lesson in module["lessons"]]
    assert [item["kind"] for item in items] == ["LESSON"] * len(school.lessons) + ["QUIZ"]
    read_all(program, [item for item in items if item["kind"] == "LESSON"])
    pass_quiz(program, items[-1]["id"])
    fetch_certificate(program)


def sign_up_and_refresh(program: Program) -> None:
    person = {"email": ADDRESS, "password": PASSWORD, "name": "Chidi Okafor"}
    signed_up = program.auth("auth/signup", person, expected=401)
    assert [flow["id"] for flow in signed_up["data"]["flows"] if flow.get("is_pending")] == ["verify_email"]
    assert json.loads(program.request("POST", "/graphql/", {"query": ME})[1])["data"]["me"] is None
    key = link_in_mail_to(ADDRESS).rstrip("/").rpartition("/")[2]
    program.auth("auth/email/verify", {"key": key}, expected=200)
    before = program.refresh_token
    program.auth("tokens/refresh", {"refresh_token": before}, expected=200)
    assert program.refresh_token != before
    assert program.ask(ME)["me"]["email"] == ADDRESS


def find_and_enroll(program: Program) -> dict[str, Any]:
    found = program.ask(COURSES, first=5, search="version control")["courses"]
    assert found["totalCount"] == 1
    course = found["edges"][0]["node"]
    assert course["title"] == program.school.course_title
    assert course["viewer"] == {"isEnrolled": False, "progress": 0, "nextLesson": None}
    enrolled = program.ask(ENROLL, id=course["id"])["enrollInCourse"]
    assert (enrolled["errors"], enrolled["enrollment"]["state"]) == ([], "ACTIVE")
    return course


def read_all(program: Program, lessons: list[dict[str, Any]]) -> None:
    """Every lesson, with its self-checks answered."""
    for number, item in enumerate(lessons, start=1):
        lesson = program.ask(LESSON, id=item["id"])["lesson"]
        assert lesson["title"] == item["title"]
        assert lesson["isLocked"] is False
        for block in lesson["body"]:
            if block["__typename"] == "SelfCheckBlock":
                check(program, lesson, block["question"])
        completed = program.ask(COMPLETE, id=item["id"])["completeLesson"]
        assert completed["errors"] == []
        assert abs(completed["progress"] - number / (len(lessons) + 1)) < 1e-6


def check(program: Program, lesson: dict[str, Any], question: dict[str, Any]) -> None:
    raw = next(
        block
        for block in LessonPage.objects.get(title=lesson["title"]).body.raw_data
        if block["id"] == question["id"].lower()
    )
    chosen = right_answer(read_question(raw))["option_ids"]
    given = program.ask(CHECK, lesson=lesson["id"], question=question["id"], answer={"optionIds": chosen})
    assert (given["checkSelfCheck"]["errors"], given["checkSelfCheck"]["isCorrect"]) == ([], True)


def pass_quiz(program: Program, quiz_id: str) -> None:
    assert program.ask(QUIZ, id=quiz_id)["quiz"]["questionCount"] == 2
    started = program.ask(START, id=quiz_id)["startQuizAttempt"]
    assert started["errors"] == []
    attempt = started["attempt"]
    frozen = {question["id"]: question for question in QuizAttempt.objects.get().frozen_questions}
    for sequence, question in enumerate(attempt["questions"], start=1):
        right = right_answer(frozen[question["id"]])
        answer = {"optionIds": right["option_ids"]} if "option_ids" in right else right
        saved = program.ask(SAVE, attempt=attempt["id"], question=question["id"], answer=answer, sequence=sequence)
        assert saved["saveAnswer"] == {"saved": True, "sequence": sequence, "errors": []}
    submitted = program.ask(SUBMIT, id=attempt["id"])["submitQuizAttempt"]
    assert submitted["errors"] == []
    assert (submitted["attempt"]["score"], submitted["attempt"]["passed"]) == (1, True)


def fetch_certificate(program: Program) -> None:
    me = program.ask(ME)["me"]
    slug = program.school.course_slug
    assert me["enrollments"] == [{"course": {"slug": slug}, "progress": 1, "state": "ACTIVE"}]
    (certificate,) = me["certificates"]
    assert certificate["url"] == program.school + f"/certificates/{certificate['number']}/"
    anybody = Program(program.school)
    assert anybody.ask(FROM_CERTIFICATE, number=certificate["number"])["certificate"] == {
        "learnerName": "Chidi Okafor",
        "courseTitle": program.school.course_title,
        "isRevoked": False,
    }
    status, pdf = anybody.request("GET", f"/api/v1/certificates/{certificate['number']}.pdf")
    assert status == 200
    assert pdf.startswith(b"%PDF-")

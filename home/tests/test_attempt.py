"""Taking a quiz on the website: with the form alone, and as the script sends answers."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from commerce.tests.factories import make_enrollment, make_user
from core import clock
from courses.models import QuizPage
from courses.tests.factories import add_module, add_quiz, make_course
from courses.tests.questions import KEY_WORD
from learning.actions.start_attempt import start_attempt
from learning.models import AttemptAnswer, QuizAttempt

pytestmark = pytest.mark.django_db


@pytest.fixture
def learner(client: Client) -> User:
    learner = make_user(name="Amina Diallo")
    client.force_login(learner)
    return learner


@pytest.fixture
def quiz(learner: User) -> QuizPage:
    course = make_course()
    make_enrollment(learner, course.translation_key)
    return add_quiz(add_module(course), time_limit_minutes=10)


@pytest.fixture
def attempt(learner: User, quiz: QuizPage) -> QuizAttempt:
    return start_attempt(actor=learner, quiz_key=quiz.translation_key, language="en")


def address(attempt: QuizAttempt, more: str = "") -> str:
    return f"/en/quiz/attempts/{attempt.public_id}/{more}"


def key_of(attempt: QuizAttempt, kind: str) -> str:
    return next(question["id"] for question in attempt.frozen_questions if question["type"] == kind)


def test_button_starts_an_attempt(client: Client, quiz: QuizPage) -> None:
    response = client.post(quiz.get_url())
    assert response["Location"] == address(QuizAttempt.objects.get())


def test_page_holds_nothing_of_the_key(client: Client, attempt: QuizAttempt, quiz: QuizPage) -> None:
    for url in (address(attempt), quiz.get_url()):
        assert KEY_WORD not in client.get(url).content.decode()


def test_somebody_elses_attempt_is_not_found(client: Client, attempt: QuizAttempt) -> None:
    client.force_login(make_user())
    assert client.get(address(attempt)).status_code == 404
    assert client.post(address(attempt, "answers/"), {"question": "x", "sequence": "1"}).status_code == 404


def test_saves_all_and_hands_in_without_scripts(client: Client, attempt: QuizAttempt) -> None:
    number, blanks = key_of(attempt, "numeric"), key_of(attempt, "fill_blanks")
    data = {f"q-{number}": "3.14", f"q-{blanks}-1": "in", f"q-{blanks}-2": "print"}
    client.post(address(attempt), {**data, "action": "save"})
    text = client.get(address(attempt)).content.decode()
    assert 'value="3.14"' in text
    assert AttemptAnswer.objects.count() == 2
    saved = {f"s-{answer.question_key}": answer.sequence for answer in AttemptAnswer.objects.all()}
    client.post(address(attempt), {**data, **saved, "action": "submit"})
    attempt.refresh_from_db()
    assert (attempt.state, attempt.points) == ("submitted", 2)


def test_ordering_and_matching_by_selects(client: Client, attempt: QuizAttempt) -> None:
    page = client.get(address(attempt)).context["asked_questions"]
    ordering = next(asked for asked in page if asked.question.items)
    matching = next(asked for asked in page if asked.question.lefts)
    right = {"sow": "1", "weed": "2", "harvest": "3", "thresh": "4"}
    towns = {"Ghana": "Accra", "Togo": "Lomé", "Benin": "Porto-Novo"}
    by_town = {side.html: side.id for side in matching.question.rights}
    data = {f"{ordering.name}-{item.id}": right[item.html] for item in ordering.question.items}
    data |= {f"{matching.name}-{left.id}": by_town[towns[left.html]] for left in matching.question.lefts}
    client.post(address(attempt), {**data, "action": "submit"})
    attempt.refresh_from_db()
    assert attempt.points == 2


def test_answer_that_does_not_fit_stays_to_be_corrected(client: Client, attempt: QuizAttempt) -> None:
    number, text = key_of(attempt, "numeric"), key_of(attempt, "short_text")
    data = {f"q-{number}": "many", f"q-{text}": "Yaounde", "action": "submit"}
    response = client.post(address(attempt), data)
    assert response.status_code == 400
    assert 'value="many"' in response.content.decode()
    attempt.refresh_from_db()
    assert attempt.state == "open"
    assert AttemptAnswer.objects.get().value == {"text": "Yaounde"}


def test_old_form_does_not_undo_a_newer_answer(client: Client, attempt: QuizAttempt) -> None:
    number = key_of(attempt, "numeric")
    client.post(address(attempt, "answers/"), {"question": number, "sequence": "7", f"q-{number}": "3.14"})
    client.post(address(attempt), {f"q-{number}": "", f"s-{number}": "0", "action": "submit"})
    assert AttemptAnswer.objects.get().value == {"number": "3.14"}


class TestScript:
    def test_saves_and_acknowledges(self, client: Client, attempt: QuizAttempt) -> None:
        number = key_of(attempt, "numeric")
        data = {"question": number, "sequence": "5", f"q-{number}": "3"}
        assert client.post(address(attempt, "answers/"), data).json() == {"saved": True, "sequence": 5}
        older = {**data, "sequence": "4", f"q-{number}": "2"}
        assert client.post(address(attempt, "answers/"), older).json() == {"saved": False, "sequence": 5}
        assert AttemptAnswer.objects.get().value == {"number": "3"}

    def test_refusal_has_code_and_words(self, client: Client, attempt: QuizAttempt) -> None:
        number = key_of(attempt, "numeric")
        data = {"question": number, "sequence": "5", f"q-{number}": "many"}
        response = client.post(address(attempt, "answers/"), data)
        assert response.status_code == 409
        assert response.json()["code"] == "invalid_answer"
        assert not AttemptAnswer.objects.exists()

    @pytest.mark.parametrize(
        ("question", "sequence"), [("x", "1"), ("73ddde1b-3806-4b49-aff9-262a0164439e", "1"), (None, "-1"), (None, "")]
    )
    def test_nonsense_is_not_found(
        self, client: Client, attempt: QuizAttempt, question: str | None, sequence: str
    ) -> None:
        data = {"question": question or key_of(attempt, "numeric"), "sequence": sequence}
        assert client.post(address(attempt, "answers/"), data).status_code == 404


def test_after_the_deadline_the_page_hands_in_what_is_saved(client: Client, attempt: QuizAttempt) -> None:
    number = key_of(attempt, "numeric")
    client.post(address(attempt, "answers/"), {"question": number, "sequence": "1", f"q-{number}": "3.14"})
    with clock.travel(timedelta(minutes=11)):
        text = client.get(address(attempt)).content.decode()
    attempt.refresh_from_db()
    assert (attempt.state, attempt.points) == ("submitted", 1)
    assert "Not passed this time." in text


def test_answers_on_their_way_at_the_deadline_count(client: Client, attempt: QuizAttempt) -> None:
    number = key_of(attempt, "numeric")
    with clock.travel(timedelta(minutes=10, seconds=10)):
        client.post(address(attempt), {f"q-{number}": "3.14", "action": "submit"})
    attempt.refresh_from_db()
    assert (attempt.state, attempt.points) == ("submitted", 1)


@pytest.mark.parametrize(
    ("show", "has_score", "has_key"), [("nothing", False, False), ("score", True, False), ("answers", True, True)]
)
def test_review_shows_what_the_rules_allow(
    client: Client, learner: User, quiz: QuizPage, show: str, has_score: bool, has_key: bool
) -> None:
    quiz.show_after = show
    quiz.save()
    attempt = start_attempt(actor=learner, quiz_key=quiz.translation_key, language="en")
    text = client.post(address(attempt), {"action": "submit"}, follow=True).content.decode()
    assert ('class="score"' in text) is has_score
    assert (KEY_WORD in text) is has_key

"""A quiz attempt: frozen questions, answers saved one by one, a grade."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _lazy

from commerce.models import Enrollment


class QuizAttempt(models.Model):
    """One go at a quiz. What was drawn, its order and its keys are frozen when it starts."""

    class State(models.TextChoices):
        OPEN = "open", _lazy("open")
        SUBMITTED = "submitted", _lazy("handed in")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="attempts")
    quiz_key = models.UUIDField()
    number = models.PositiveSmallIntegerField()  #: 1 for the first attempt in this enrolment
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    #: Raw question blocks with keys, in the order drawn, with the order of options: never sent out as it is.
    frozen_questions = models.JSONField()
    #: Rules in force: pass mark, what is shown and when, attempts allowed.
    frozen_rules = models.JSONField()
    language = models.CharField(max_length=12)
    started_at = models.DateTimeField()
    deadline = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    points = models.DecimalField(max_digits=9, decimal_places=4, null=True, blank=True)
    points_possible = models.DecimalField(max_digits=9, decimal_places=4, null=True, blank=True)
    score = models.DecimalField(_lazy("score, 0 to 1"), max_digits=7, decimal_places=6, null=True, blank=True)
    passed = models.BooleanField(null=True, blank=True)

    class Meta:
        verbose_name = _lazy("quiz attempt")
        verbose_name_plural = _lazy("quiz attempts")
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "quiz_key", "number"], name="learning_attempt_number"),
            models.UniqueConstraint(
                fields=["enrollment", "quiz_key"], condition=models.Q(state="open"), name="learning_attempt_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(score__isnull=True) | models.Q(score__gte=0, score__lte=1),
                name="learning_attempt_score",
            ),
        ]
        indexes = [
            models.Index(fields=["deadline"], condition=models.Q(state="open"), name="learning_attempt_overdue"),
        ]

    def __str__(self) -> str:
        return f"{self.quiz_key} #{self.number}"


class AttemptAnswer(models.Model):
    """The latest answer to one question of an attempt."""

    attempt = models.ForeignKey(QuizAttempt, on_delete=models.CASCADE, related_name="answers")
    question_key = models.UUIDField()
    #: Counted up by the client with every change; an older one arriving late is ignored.
    sequence = models.PositiveBigIntegerField()
    value = models.JSONField()
    saved_at = models.DateTimeField()
    #: After grading: share of the points, 0 to 1.
    fraction = models.DecimalField(max_digits=7, decimal_places=6, null=True, blank=True)

    class Meta:
        verbose_name = _lazy("answer")
        verbose_name_plural = _lazy("answers")
        constraints = [models.UniqueConstraint(fields=["attempt", "question_key"], name="learning_answer_once")]

    def __str__(self) -> str:
        return f"{self.question_key}"

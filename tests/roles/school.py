"""The school that the tables speak of: people, courses in every state, and a row of every kind the admin shows."""

import uuid
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    Locale,
    Page,
    Site,
    TaskState,
    UploadedFile,
    Workflow,
    WorkflowState,
)
from wagtail_localize.models import OverridableSegment, StringSegment, Translation
from wagtail_localize.operations import translate_object

from accounts.models import User
from accounts.tests.factories import make_person
from commerce.actions.create_referral_link import create_referral_link
from commerce.actions.enroll import enroll
from commerce.models import Enrollment, ExchangeRate, OfferDiscount, Order, OrderLine, RoundingRule, TaxRate
from commerce.tests.factories import make_certificate, make_coupon, make_enrollment, make_price
from core import audit, clock
from core.models import AuditEntry, OutboxDelivery, OutboxEvent
from courses.actions import add_member, submit_course
from courses.keys import page_public_id
from courses.models import Category, CourseMember, CoursePage, GlossaryTerm, LessonPage, ModulePage, QuizPage
from courses.preview import preview_token
from courses.review import review_workflow
from courses.roles import authors_collection, prepare
from courses.tests.authoring import draft_course
from courses.tests.factories import add_lesson, add_module, add_quiz, make_course, make_path, make_school
from courses.tests.questions import KEY_WORD, question, rich_text
from learning.actions.save_answer import save_answer
from learning.actions.start_attempt import start_attempt
from learning.actions.submit_attempt import submit_attempt
from learning.tests.factories import right_answer
from notifications.categories import CATEGORIES
from notifications.tests.factories import make_notification
from notifications.tokens import unsubscribe_token
from tests.roles.money import fill_the_books
from tests.roles.people import FINANCE, ROLE_OF, WHO
from tests.roles.shop import fill_the_shop
from tests.roles.talk import fill_talk
from tests.roles.video_desk import fill_video_desk
from tests.roles.videos import fill_videos
from translation.actions import send_to_review
from translation.models import Term
from translation.queries import page_strings
from translation.tests.factories import submit
from videos.actions.start_upload import start_upload

__all__ = ["DRAFT", "SECRETS", "World", "build"]

DRAFT, OTHERS_DRAFT = "Unseen okra", "Quiet cassava"
LEARNER_EMAIL = "learner.of.table@example.com"

_AUTHORS = {"instructor", "reviewer", "admin"}
#: Words that no answer to anybody else may hold, in a body of any address, whatever the outcome.
SECRETS: dict[str, set[str]] = {
    KEY_WORD: _AUTHORS,
    DRAFT: _AUTHORS,
    "unseen-okra": _AUTHORS,
    OTHERS_DRAFT: {"other_instructor", "reviewer", "admin"},
    "quiet-cassava": {"other_instructor", "reviewer", "admin"},
    LEARNER_EMAIL: {"learner", "support", "admin", FINANCE},
}


@dataclass
class World:
    """Everything by the name that the tables call it."""

    people: dict[str, Any] = field(default_factory=dict)
    names: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["names"][name]
        except KeyError:
            raise AttributeError(name) from None


def build() -> World:
    """Make it; some two seconds."""
    prepare()
    make_school()
    french = make_school("fr")
    prepare()
    world = World()
    for who in (*WHO[1:], FINANCE):
        roles = (ROLE_OF[who],) if who in ROLE_OF else ()
        email = LEARNER_EMAIL if who == "learner" else f"{who.replace('_', '.')}@example.com"
        world.people[who] = make_person(email, name=who.replace("_", " ").title(), roles=roles)
    _courses(world, french.locale)
    _translations(world)
    _learning(world)
    world.names |= fill_the_shop(world.people["learner"], world.people["other_learner"], world.paid)
    world.names |= {
        "draft_offer_uid": make_price(world.draft.translation_key).offer.public_id,
        "link_uid": create_referral_link(actor=world.people["instructor"]).public_id,
    }
    world.names |= fill_the_books()
    world.names |= fill_videos(world.people["instructor"], world.people["learner"])
    world.names |= fill_talk(
        world.people["instructor"], world.people["learner"], world.course, world.lesson, world.filmed_lesson
    )
    world.names |= fill_video_desk(world.people["instructor"])
    _back_office(world)
    return world


def _courses(world: World, french: Locale) -> None:
    owner, other = world.people["instructor"], world.people["other_instructor"]
    course = make_course("Open millet", owner=owner)
    document = get_document_model()(title="Seed list", collection=authors_collection(), uploaded_by_user=owner)
    document.file.save("seeds.txt", ContentFile(b"millet, sorghum"), save=False)
    document._set_document_file_metadata()
    document.save()
    image = get_image_model().objects.create(
        title="Field", file=get_test_image_file(), collection=authors_collection(), uploaded_by_user=owner
    )
    checks = [question("single_choice"), question("fill_blanks")]
    file_block = {"type": "file", "value": {"document": document.pk, "title": "Seeds"}, "id": str(uuid.uuid4())}
    image.get_file_size()
    module = add_module(course, "Sowing")
    lesson = add_lesson(module, "Rows", body=[rich_text("<p>In rows.</p>"), *checks, file_block])
    quiz = add_quiz(module, "What was sown", attempts_allowed=3)
    paid = make_course("Paid millet", modules=1, lessons=1, owner=owner)
    price = make_price(paid.translation_key, 25000)
    rate = ExchangeRate.objects.create(
        base="EUR", quote="NGN", rate=Decimal(1680), valid_from=clock.now().date(), source=ExchangeRate.Source.MANUAL
    )
    fresh = make_course("Fresh millet", modules=1, lessons=1)
    for page in (lesson, quiz):
        page.save_revision(user=owner).publish()
    draft = _secret_course(owner, DRAFT)
    draft_quiz = QuizPage.objects.descendant_of(draft).get()
    co_author = make_person(name="Co Author", roles=("instructor",))
    add_member(actor=owner, course=draft, email=co_author.email)
    sent = _secret_course(owner, f"{DRAFT} in review")
    submit_course(actor=owner, course=sent)
    sent.refresh_from_db()
    state = WorkflowState.objects.for_instance(sent).get()
    others = _secret_course(other, OTHERS_DRAFT)
    translate_object(quiz, [french])
    for ancestor in (course, module):
        assert ancestor.has_translation(french)
    translation = Translation.objects.get(source__object_id=quiz.translation_key)
    world.names |= {
        "home": Page.objects.get(depth=2, locale__language_code="en", title="Home en"),
        "catalogue": course.get_parent(),
        "course": course,
        "module": module,
        "lesson": lesson,
        "quiz": quiz,
        "paid": paid,
        "fresh": fresh,
        "fresh_lesson": LessonPage.objects.descendant_of(fresh).get(),
        "draft": draft,
        "draft_lesson": LessonPage.objects.descendant_of(draft).get(),
        "draft_quiz": draft_quiz,
        "draft_module": ModulePage.objects.child_of(draft).get(),
        "draft_revision": LessonPage.objects.descendant_of(draft).get().latest_revision,
        "sent": sent,
        "others": others,
        "others_lesson": LessonPage.objects.descendant_of(others).get(),
        "member": CourseMember.objects.get(course_key=draft.translation_key, user=co_author),
        "path": make_path([course, paid], "Way"),
        "document": document,
        "image": image,
        "price": price,
        "offer": price.offer,
        "discount": OfferDiscount.objects.create(
            offer=price.offer, label="Launch", percent=Decimal(5), starts_at=clock.now()
        ),
        "coupon": make_coupon("MILLET"),
        "tax_rate": TaxRate.objects.create(
            country="CM", name="TVA", percent=Decimal("19.25"), valid_from=clock.now().date()
        ),
        "rounding": RoundingRule.objects.create(currency="EUR", step_minor=100),
        "rate": rate,
        "workflow_state": state,
        "task_state": TaskState.objects.get(workflow_state=state),
        "self_check": checks[0],
        "translation": translation,
        "translation_source": translation.source,
        "french_quiz": QuizPage.objects.get(translation_key=quiz.translation_key, locale=french),
        "french_course": CoursePage.objects.get(translation_key=course.translation_key, locale=french),
        "string_segment": StringSegment.objects.filter(source=translation.source).first(),
        "french": french,
        "fit": _secret_course(owner, f"{DRAFT} that is fit"),
        **_translated_lesson(lesson, french),
    }
    for name in ("course", "lesson", "quiz", "paid", "fresh", "fresh_lesson", "draft", "draft_lesson", "draft_quiz"):
        world.names[f"{name}_id"] = page_public_id(world.names[name])


def _secret_course(owner: User, title: str) -> CoursePage:
    """A draft whose every page says the secret title; its quiz holds a key only if ``instructor`` owns it."""
    course = draft_course(owner, title, lessons=1)
    for page in course.get_descendants().specific():
        page.title = page.draft_title = f"{title}: {page.title}"
        if isinstance(page, LessonPage):
            page.body = [rich_text(f"<p>{title}</p>")]
        elif isinstance(page, QuizPage) and title.startswith(DRAFT):
            page.questions = [question("short_text")]
        page.save()
        page.save_revision(user=owner)
    return course


def _translated_lesson(lesson: LessonPage, french: Locale) -> dict[str, Any]:
    """The lesson's translation, with a file that it may replace."""
    translate_object(lesson, [french])
    translation = Translation.objects.get(source__object_id=lesson.translation_key)
    override = OverridableSegment.objects.filter(source=translation.source).first()
    assert override is not None
    return {"lesson_translation": translation, "override": override}


def _translations(world: World) -> None:
    """Two courses of the instructor's under translation into French, one of them in review there."""
    owner = world.people["instructor"]
    names: dict[str, Any] = {"draft_key": world.draft.translation_key, "fresh_key": world.fresh.translation_key}
    for name in ("woven", "handed_in"):
        course = make_course(f"{name} millet", owner=owner)
        module = add_module(course, "Weaving")
        lesson = add_lesson(module, f"Of {name}")
        quiz = add_quiz(module, f"Quiz of {name}")
        submit(course, "fr", actor=owner)
        for kind, page in (("", course), ("_lesson", lesson), ("_quiz", quiz)):
            names[f"{name}{kind}_key"] = page.translation_key
        names[f"{name}_french"] = CoursePage.objects.get(
            translation_key=course.translation_key, locale__language_code="fr"
        )
    title = page_strings(names["woven_lesson_key"], "fr").rows[0]
    send_to_review(
        actor=owner, course_key=names["handed_in_key"], language="fr", confirm_below_threshold=True, comment=""
    )
    english, french = (Locale.objects.get(language_code=code) for code in ("en", "fr"))
    names["woven_title"] = title.segment_id
    names["translators_term"] = Term.objects.create(
        source_locale=english, term="loam", target_locale=french, translation="limon"
    )
    names["english"] = english
    world.names |= names


def _learning(world: World) -> None:
    learner, course, quiz = world.people["learner"], world.course, world.quiz
    enrollment = enroll(actor=learner, learner=learner, course_key=course.translation_key)
    submitted = start_attempt(actor=learner, quiz_key=quiz.translation_key, language="en")
    submit_attempt(actor=learner, attempt_id=submitted.public_id)
    attempt = start_attempt(actor=learner, quiz_key=quiz.translation_key, language="en")
    asked = attempt.frozen_questions[0]
    answer = right_answer(asked)
    save_answer(actor=learner, attempt_id=attempt.public_id, question_key=asked["id"], answer=answer, sequence=1)
    order = Order.objects.create(learner=learner, currency="XAF", total_minor=25000, placed_at=timezone.now())
    OrderLine.objects.create(order=order, key=world.paid.translation_key, title=world.paid.title, amount_minor=25000)
    revoked = {"revoked_at": timezone.now(), "revocation_reason": "A test."}
    world.names |= {
        "enrollment": enrollment,
        "attempt": attempt,
        "submitted": submitted,
        "asked": asked,
        "asked_answer": answer,
        "order": order,
        "suspended": make_enrollment(learner, world.paid.translation_key, state=Enrollment.State.SUSPENDED),
        "certificate": make_certificate(enrollment, learner_name="Learner"),
        "revoked": make_certificate(enrollment, learner_name="Learner", template="other", **revoked),
    }


def _back_office(world: World) -> None:
    root = world.people["admin"]
    workflow = review_workflow()
    task = GroupApprovalTask.objects.get(workflow_tasks__workflow=workflow)
    idle = Workflow.objects.create(name="Idle", active=False)
    idle_task = GroupApprovalTask.objects.create(name="Idle task", active=False)
    english = world.course.locale
    audit.record(actor=root, verb="tests.looked", target=world.enrollment)
    uploads = {"image": (get_image_model(), _picture()), "document": (get_document_model(), ContentFile(b"x", "x.txt"))}
    for name, (model, file) in uploads.items():
        world.names[f"uploaded_{name}"] = UploadedFile.objects.create(
            for_content_type=ContentType.objects.get_for_model(model),
            file=file,
            uploaded_by_user=world.people["instructor"],
        )
    world.names |= {
        "category": Category.objects.create(locale=english, slug="soil", title="Soil"),
        "term": GlossaryTerm.objects.create(locale=english, slug="loam", term="Loam", definition="Soil."),
        "workflow": workflow,
        "task": task,
        "idle_workflow": idle,
        "idle_task": idle_task,
        "spare_task": GroupApprovalTask.objects.create(name="Spare task"),
        "collection": authors_collection(),
        "redirect": Redirect.objects.create(old_path="/old", redirect_link="/new"),
        "site": Site.objects.get(is_default_site=True),
        "delivery": _event_set_aside(),
        "audit_entry": AuditEntry.objects.order_by("-pk").first(),
        "group": Group.objects.create(name="Helpers"),
        "empty_collection": Collection.get_first_root_node().add_child(name="Empty"),
        "attempt_uid": world.attempt.public_id,
        "submitted_uid": world.submitted.public_id,
        "number": world.certificate.number,
        "revoked_number": world.revoked.number,
        "notice_uid": make_notification(world.people["learner"]).public_id,
        "leave_token": unsubscribe_token(world.people["learner"], CATEGORIES["payment_reminders"]),
        "instructor_uid": world.people["instructor"].public_id,
        "learner_uid": world.people["learner"].public_id,
        "upload_uid": start_upload(actor=world.people["instructor"], size=1000, filename="film.mp4").public_id,
        "way": world.path.slug,
        "lesson_token": preview_token(world.draft_lesson, world.people["instructor"]),
        "quiz_token": preview_token(world.draft_quiz, world.people["instructor"]),
        "others_token": preview_token(world.draft_lesson, world.people["other_instructor"]),
        "paths": world.path.get_parent(),
        **{who: person for who, person in world.people.items() if who not in world.names},
    }


def _picture() -> ContentFile:
    return ContentFile(get_test_image_file().file.getvalue(), "field.png")


def _event_set_aside() -> OutboxDelivery:
    event = OutboxEvent.objects.create(
        public_id=uuid.uuid4(), name="tests.happened", payload={}, occurred_at=timezone.now(), plan="x"
    )
    return OutboxDelivery.objects.create(
        event=event, handler="tests.nobody", state=OutboxDelivery.State.SET_ASIDE, set_aside_at=timezone.now()
    )

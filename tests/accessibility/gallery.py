"""One page of every kind that the website has, each as full as it gets."""

import io
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from PIL import Image
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from accounts.tests.factories import make_superuser
from commerce.actions.enroll import enroll
from commerce.actions.revoke_certificate import revoke_certificate
from commerce.models import Certificate
from core import clock
from courses.blocks.body import CALLOUT_KINDS
from courses.facts import refresh_facts
from courses.lesson_words import keep_missing_words
from courses.models import Category, CourseMember, CoursePage, GlossaryTerm, LessonPage, QuizPage
from courses.tests.factories import (
    add_lesson,
    add_module,
    add_quiz,
    make_course,
    make_path,
    make_school,
    translate_page,
)
from courses.tests.questions import every_question, question, rich_text
from learning.actions.complete_lesson import complete_lesson
from learning.actions.save_answer import save_answer
from learning.actions.start_attempt import start_attempt
from learning.actions.submit_attempt import submit_attempt
from learning.tests.factories import passed_attempt, right_answer, wrong_answer
from notifications.categories import CATEGORIES
from notifications.kinds import KINDS
from notifications.tests.factories import make_notification
from notifications.tokens import unsubscribe_token
from tests.accessibility.shop import open_the_shop
from tests.accessibility.talk import talk_about
from tests.accessibility.watched import show_watched_videos
from tests.journeys.school import School
from videos.models import Caption, Chapter, Video
from videos.passages import keep_passages
from videos.tests.ready import ready_video
from videos.webvtt import make_cue, write

__all__ = ["Gallery", "hang"]


@dataclass
class Gallery:
    """Addresses by the kind of page: what a visitor sees, and what a learner sees who has done a lot."""

    school: School
    visitor: dict[str, str] = field(default_factory=dict)
    learner: dict[str, str] = field(default_factory=dict)
    #: Status of those that aren't 200.
    statuses: dict[str, int] = field(default_factory=dict)


def hang(school: School) -> Gallery:
    """Make the pages, a second or two."""
    gallery = Gallery(school)
    learner, teacher = school.people["learner"], school.people["instructor"]
    teacher.bio = "Has kept bees and taught children for twenty years.\n\nWrites in Ga and English."
    teacher.country = "GH"
    teacher.save()
    course, lesson, quiz = _full_course(teacher)
    small = make_course("Shell, quickly", slug="shell-quickly", modules=1, lessons=1)
    CourseMember.objects.create(course_key=small.translation_key, user=teacher)
    _home_page(course, small)
    path = make_path([course, small], "From bees to bytes", slug="bees-to-bytes")
    enroll(actor=learner, learner=learner, course_key=course.translation_key)
    enroll(actor=learner, learner=learner, course_key=school.course_key)
    complete_lesson(actor=learner, lesson_key=lesson.translation_key)
    review, half_right = _reviewed(learner, quiz)
    attempt = start_attempt(actor=learner, quiz_key=quiz.translation_key, language="en")
    valid, revoked = _certificates(learner, small, school)
    way_out = unsubscribe_token(learner, CATEGORIES["payment_reminders"])
    for number, kind in enumerate(kind for kind in KINDS.values() if not kind.category.permission):
        make_notification(learner, kind.name, read_at=clock.now() if number % 3 else None)
    gallery.statuses = {"closed-lesson-403": 403, "403": 403, "404": 404, "certificate-unknown": 404}
    gallery.visitor = {
        "home": "/en/",
        "home-french": "/fr/",
        "catalogue": "/en/courses/",
        "empty-search": "/en/courses/?q=quagga",
        "course": course.get_url(),
        "free-preview": lesson.get_url(),
        "closed-lesson-403": quiz.get_url(),
        "learning-paths": "/en/paths/",
        "learning-path": path.get_url(),
        "instructor": f"/en/instructors/{teacher.public_id}/",
        "certificate-valid": f"/certificates/{valid.number}/",
        "certificate-revoked": f"/certificates/{revoked.number}/",
        "certificate-unknown": "/certificates/ABCD-EFGH/",
        "certificate-search": "/certificates/",
        "course-search-in-vain": f"/en/courses/{course.translation_key}/search/?q=sheep",
        "log-in": "/en/account/login/",
        "sign-up": "/en/account/signup/",
        "reset": "/en/account/password/reset/",
        "reset-sent": "/en/account/password/reset/done/",
        "reset-link-used-up": "/en/account/password/reset/key/1-abc/",
        "verify-first": "/en/account/confirm-email/",
        "verify-link-used-up": "/en/account/confirm-email/nothing/",
        "unsubscribe": f"/en/unsubscribe/{way_out}/",
        "404": "/en/no-such-page/",
    }
    gallery.learner = {
        "course-begun": course.get_url(),
        "course-finished": small.get_url(),
        "course-search": f"/en/courses/{course.translation_key}/search/?q=dance",
        "lesson": lesson.get_url(),
        "real-lesson": school.course_path + "lessons/changes/",
        "quiz": quiz.get_url(),
        "quiz-taking": f"/en/quiz/attempts/{attempt.public_id}/",
        "review-failed": f"/en/quiz/attempts/{review.public_id}/",
        "review-partly-right": f"/en/quiz/attempts/{half_right.public_id}/",
        "learning-path-begun": path.get_url(),
        "dashboard": "/en/dashboard/",
        "profile": "/en/profile/",
        "notices": "/en/notices/",
        "notices-choices": "/en/notices/choices/",
        "e-mail": "/en/account/email/",
        "password": "/en/account/password/change/",
        "password-again": "/en/account/reauthenticate/",
        "second-factor": "/en/account/2fa/",
        "second-factor-set-up": "/en/account/2fa/totp/activate/",
        "log-out": "/en/account/logout/",
        "403": "/admin/",
    }
    soap, paint = (make_course(title, modules=1, lessons=2, owner=teacher) for title in ("Soap", "Paint"))
    in_shop, in_learners_shop = open_the_shop(learner, teacher, soap, paint)
    gallery.visitor |= in_shop
    gallery.learner |= in_learners_shop
    gallery.learner |= show_watched_videos(learner)
    gallery.learner |= talk_about(course, lesson, learner, teacher)
    gallery.statuses["gift-unknown"] = 404
    _hang_in_arabic(gallery, course, lesson, quiz, path)
    return gallery


def _hang_in_arabic(gallery: Gallery, course: CoursePage, lesson: LessonPage, quiz: QuizPage, path: Any) -> None:
    """The same pages from right to left: in Arabic what translators would write, the rest as it is, in English."""
    school = make_school("ar")
    school.home.sections = _home_sections_in_arabic(course)
    school.home.save()
    pages: dict[Any, Any] = {course.get_parent().pk: school.courses}
    titles = {course.pk: "النحل وكيف نربّيه", lesson.pk: "كل شيء في درس واحد", quiz.pk: "أنواع الأسئلة كلها"}
    for page in course.get_descendants(inclusive=True).specific():
        fields = {"slug": page.slug}
        if page.pk == lesson.pk:
            fields |= {"summary": "كل نوع من الأجزاء مرة واحدة.", "body": [_arabic_text(), *lesson.body.raw_data]}
        pages[page.pk] = translate_page(page, pages[page.get_parent().pk], titles.get(page.pk, "وحدة النحل"), **fields)
    keep_missing_words()
    refresh_facts(pages[course.pk])
    arabic_path = translate_page(path, school.paths, "من النحل إلى البايت", slug=path.slug)

    def arabic(address: str) -> str:
        return address.replace("/en/", "/ar/", 1)

    own = {
        "course": pages[course.pk],
        "course-begun": pages[course.pk],
        "free-preview": pages[lesson.pk],
        "lesson": pages[lesson.pk],
        "closed-lesson-403": pages[quiz.pk],
        "quiz": pages[quiz.pk],
        "learning-path": arabic_path,
        "learning-path-begun": arabic_path,
    }
    for addresses, left_out in (
        (gallery.visitor, {"home-french", "course-for-sale"}),
        (gallery.learner, {"course-finished", "course-to-buy", "real-lesson", "403"}),
    ):
        for name, address in list(addresses.items()):
            if name not in left_out:
                addresses[f"arabic-{name}"] = own[name].get_url() if name in own else arabic(address)
    gallery.statuses |= {f"arabic-{name}": status for name, status in gallery.statuses.items()}


def _home_sections_in_arabic(course: CoursePage) -> list[dict[str, Any]]:
    return [
        _block("hero", {"title": "تعلّم", "text": "هنا.", "image": _picture().pk, "alt": "أصفر", "links": []}),
        _block("featured_courses", {"title": "الدورات", "text": "بعضها.", "courses": [course.pk]}),
        _block("steps", {"title": "كيف", "steps": [{"title": f"الخطوة {n}", "text": "افعلها."} for n in (1, 2, 3)]}),
        _block("faq", {"title": "أسئلة", "questions": [{"question": "مجانًا؟", "answer": "<p>نعم.</p>"}]}),
    ]


def _arabic_text() -> dict[str, Any]:
    return rich_text(
        "<p>نكتب <code>print(2 * 150)</code> فيعرض البرنامج <b>300</b>، ثم نقرأ "
        '<a href="https://example.com/">صفحة أخرى</a> بعنوان <i>النحل</i>.</p>'
    )


def _full_course(teacher: Any) -> tuple[CoursePage, LessonPage, QuizPage]:
    category = Category.objects.create(locale=make_school().locale, slug="farming", title="Farming")
    picture = _picture()
    course = make_course(
        "Bees and how to keep them",
        slug="bees",
        subtitle="From the first swarm to the first jar",
        cover=picture,
        outcomes=_sentences("Build a hive of planks", "Harvest without harm"),
        requirements=_sentences("A place in the shade"),
        audience=_sentences("Anyone with a garden"),
        body=[rich_text("<p>Why bees?</p><ul><li>Honey</li><li>Fruit</li></ul>")],
        attribution="Written for this school. https://example.com/licence",
        certificate_text="Has kept a hive for a season.",
    )
    course.categories.add(category)
    course.tags.add("bees", "honey")
    course.save()
    CourseMember.objects.create(course_key=course.translation_key, user=teacher)
    module = add_module(course, "The hive", summary="Where bees live.")
    lesson = add_lesson(
        module,
        "Everything in one lesson",
        slug="everything",
        summary="Each kind of block once.",
        body=every_block(picture),
        is_free_preview=True,
    )
    add_lesson(module, "Smoke", slug="smoke")
    quiz = add_quiz(
        add_module(course, "The test"),
        "All kinds of questions",
        slug="questions",
        questions=[*every_question(), _question_with_everything(picture)],
        introduction=[rich_text("<p>Take your time.</p>")],
        attempts_allowed=5,
        time_limit_minutes=30,
    )
    keep_missing_words()
    refresh_facts(course)
    return course, lesson, quiz


def every_block(picture: Any) -> list[dict[str, Any]]:
    """Each kind of block that a lesson may hold, the eight self-checks last."""
    term = GlossaryTerm.objects.create(
        locale=make_school().locale, slug="swarm", term="Swarm", definition="Bees that leave with their old queen."
    )
    notes = get_document_model()(title="Hive plan")
    notes.file.save("plan.txt", ContentFile(b"Nine planks."))
    sound = get_document_model()(title="Humming")
    sound.file.save("hum.mp3", ContentFile(b"\xff\xfb"))
    table = {
        "columns": [{"type": "text", "heading": "Month"}, {"type": "text", "heading": "Flower"}],
        "rows": [{"values": ["<p>March</p>", "<p>Mango</p>"]}, {"values": ["<p>April</p>", "<p><b>Shea</b></p>"]}],
        "caption": "",
    }
    code = {"language": "python", "code": 'for bar in hive:  # each\n    print("bar", bar, 3.14)', "caption": "hive.py"}
    simple = [
        rich_text(
            '<p>Text with <b>bold</b>, <i>italic</i>, <code>code</code> and <a href="https://example.com/">a link</a>.'
            "</p><h3>Inside</h3><ol><li>one</li></ol><blockquote>Said so.</blockquote><hr>"
        ),
        _block("code", code),
        _block("code", {"language": "bash", "code": "$ git add " + "very-long-name-" * 20, "caption": ""}),
        _block("image", {"image": picture.pk, "alt": "A yellow square.", "caption": "<p>Yellow.</p>"}),
        _block("image", {"image": picture.pk, "decorative": True}),
        _block("table", {"caption": "What blooms", "table": table}),
        _block("math", {"latex": r"t = \frac{8 \times s}{v}", "description": "t equals eight s over v"}),
    ]
    boxes = [
        _block("callout", {"kind": kind, "title": "", "body": [rich_text(f"<p>In a box of {kind}.</p>"), *simple[1:2]]})
        for kind, _label in CALLOUT_KINDS
    ]
    return [
        *(_block("heading", {"text": f"Level {level}", "level": str(level)}) for level in (2, 3, 4)),
        *simple,
        *boxes,
        _block("solution", {"title": "", "body": simple[:2]}),
        _block("file", {"document": notes.pk, "title": ""}),
        _block("embed", {"url": "https://www.youtube.com/watch?v=abcdefghijk", "caption": "A dance of bees"}),
        _block("embed", {"url": "https://example.com/film", "caption": "A film elsewhere"}),
        _block(
            "video", {"video": _film().pk, "caption": "A dance, filmed", "questions": [_stop(question("true_false"))]}
        ),
        _block("audio", {"document": sound.pk, "title": "How a hive sounds", "transcript": "A low hum."}),
        _block("glossary_term", {"term": term.pk}),
        *every_question(),
    ]


def _film() -> Video:
    """A video with captions, transcript and chapters; what its files hold is no film."""
    video = ready_video(title="How bees dance", language="en")
    for language, words in (("en", "They dance in the dark."), ("ar", "يرقص النحل في الظلام.")):
        cue = make_cue(0, 4000, words)
        keep_passages(Caption.objects.create(video=video, language=language, vtt=write([cue] if cue else [])))
    for number, title in enumerate(("The dance", "The flight")):
        Chapter.objects.create(video=video, language="en", start_ms=number * 4000, title=title)
    return video


def _stop(asked: dict[str, Any]) -> dict[str, Any]:
    """A question that stops a video."""
    return {"type": "item", "id": str(uuid.uuid4()), "value": {"at": "0:08", "question": [asked]}}


def _question_with_everything(picture: Any) -> dict[str, Any]:
    asked = question("single_choice")
    asked["value"]["prompt"] += [
        _block("image", {"image": picture.pk, "alt": "A yellow square."}),
        _block("code", {"language": "python", "code": "print(1)", "caption": ""}),
    ]
    return asked


def _home_page(*courses: CoursePage) -> None:
    """Each kind of section once; the French one stays as it is made, without any."""
    home = make_school().home
    picture = _picture()
    link = {"text": "See the courses", "page": courses[0].get_parent().pk, "url": ""}
    steps = [{"title": f"Step {number}", "text": "Do it."} for number in (1, 2, 3)]
    home.sections = [
        _block("hero", {"title": "Learn", "text": "Here.", "image": picture.pk, "alt": "Yellow", "links": [link]}),
        _block("featured_courses", {"title": "Courses", "text": "Some.", "courses": [page.pk for page in courses]}),
        _block("learning_paths", {"title": "Paths", "text": "All."}),
        _block("text", {"title": "Why", "body": "<p>Because.</p>", "image": picture.pk, "alt": "Yellow"}),
        _block("steps", {"title": "How", "steps": steps}),
        _block("quotes", {"title": "Heard", "quotes": [{"text": "Good.", "who": "A learner"}]}),
        _block("faq", {"title": "Asked", "questions": [{"question": "Free?", "answer": "<p>Yes.</p>"}]}),
    ]
    home.save()


def _reviewed(learner: Any, quiz: QuizPage) -> tuple[Any, Any]:
    """An attempt that failed on every question, and one that got some right and one in part."""
    found = []
    for is_half_right in (False, True):
        attempt = start_attempt(actor=learner, quiz_key=quiz.translation_key, language="en")
        for number, asked in enumerate(attempt.frozen_questions):
            answer = right_answer(asked) if is_half_right and number % 2 else wrong_answer(asked)
            if is_half_right and asked["type"] == "multiple_choice":
                answer = {"option_ids": right_answer(asked)["option_ids"][:1]}
            save_answer(
                actor=learner, attempt_id=attempt.public_id, question_key=asked["id"], answer=answer, sequence=1
            )
        found.append(submit_attempt(actor=learner, attempt_id=attempt.public_id))
    return found[0], found[1]


def _certificates(learner: Any, small: CoursePage, school: School) -> tuple[Certificate, Certificate]:
    """A valid one for the small course, and a revoked one for the course that is a quiz alone."""
    enroll(actor=learner, learner=learner, course_key=small.translation_key)
    complete_lesson(actor=learner, lesson_key=LessonPage.objects.descendant_of(small).get().translation_key)
    enroll(actor=learner, learner=learner, course_key=school.long_course_key)
    passed_attempt(learner, school.long_quiz)
    valid = Certificate.objects.get(course_key=small.translation_key)
    revoked = Certificate.objects.get(course_key=school.long_course_key)
    revoke_certificate(actor=make_superuser(), certificate=revoked, reason="Issued by mistake.")
    return valid, revoked


def _picture() -> Any:
    """A yellow picture, large enough for every rendition."""
    content = io.BytesIO()
    Image.new("RGB", (1600, 900), "#f2c14e").save(content, "PNG")
    content.seek(0)
    return get_image_model().objects.create(title="Yellow", file=ImageFile(content, "yellow.png"))


def _sentences(*texts: str) -> list[dict[str, Any]]:
    return [_block("item", text) for text in texts]


def _block(kind: str, value: Any) -> dict[str, Any]:
    return {"type": kind, "value": value, "id": str(uuid.uuid4())}

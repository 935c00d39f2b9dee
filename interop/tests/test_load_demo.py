"""The demo school: there after one run, the same after two, never in production by mistake."""

from pathlib import Path
from uuid import UUID

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from wagtail.models import Page, Revision, Site
from wagtail_localize.models import SegmentOverride, StringTranslation, Translation

from accounts.models import User
from commerce.models import (
    Coupon,
    Enrollment,
    Offer,
    OfferDiscount,
    OfferPrice,
    Plan,
    RoundingRule,
    TaxRate,
)
from commerce.queries import price_of
from core.money import Money
from courses.models import Category, CoursePage, GlossaryTerm, LearningPathPage, LessonPage, QuizPage
from home.models import HomePage
from interop.demo_school.talks import TalkFile
from interop.management.commands import load_demo
from translation.models import PageTranslation
from videos.models import Caption, Video

pytestmark = pytest.mark.django_db


def english_course(slug: str) -> UUID:
    return CoursePage.objects.get(slug=slug, locale__language_code="en").translation_key


def test_refuses_production(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BAOBAB_ENV", "production")
    with pytest.raises(CommandError, match="public password"):
        call_command("load_demo", verbosity=0)
    assert not User.objects.exists()
    assert not CoursePage.objects.exists()


@pytest.fixture
def talks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Files in place of the films that ffmpeg would make: what is in them, a worker finds out."""
    made = []
    for language, title in (("en", "Your first program"), ("fr", "Votre premier programme")):
        file = tmp_path / f"{language}.mp4"
        file.write_bytes(f"a film in {language}".encode())
        vtt = f"WEBVTT\n\n00:00:00.000 --> 00:00:02.000\n{title}\n"
        made.append(TalkFile("first-program", language, title, file, vtt, f"0:00 {title}"))
    monkeypatch.setattr(load_demo, "made_talks", lambda say: made)


def test_twice_is_once(talks: None):
    call_command("load_demo", verbosity=0, with_videos=True)
    videos = {video.language: video for video in Video.objects.all()}
    assert {language: video.title for language, video in videos.items()} == {
        "en": "Your first program",
        "fr": "Votre premier programme",
    }
    assert list(Caption.objects.order_by("language").values_list("language", flat=True)) == ["en", "fr"]
    lessons = LessonPage.objects.filter(slug__in=["your-first-program", "votre-premier-programme"])
    shown = {
        page.locale.language_code: page.body[0]
        for page in LessonPage.objects.filter(translation_key=lessons[0].translation_key).select_related("locale")
    }
    assert {language: (block.block_type, block.value["video"]) for language, block in shown.items()} == {
        "en": ("video", videos["en"]),
        "fr": ("video", videos["fr"]),
        "ar": ("video", videos["en"]),
    }
    assert sorted(CoursePage.objects.values_list("slug", "locale__language_code", "live")) == [
        ("data-with-sqlite", "en", True),
        ("des-donnees-avec-sqlite", "fr", True),
        ("des-pages-web-qui-se-chargent-vite", "fr", True),
        ("python-first-steps", "ar", True),
        ("python-first-steps", "en", True),
        ("python-premiers-pas", "fr", True),
        ("web-pages-that-load-fast", "en", True),
    ]
    assert not LessonPage.objects.filter(live=False).exists()
    assert not QuizPage.objects.filter(live=False).exists()
    english, french, arabic = (HomePage.objects.get(locale__language_code=code) for code in ("en", "fr", "ar"))
    assert english.translation_key == french.translation_key == arabic.translation_key
    for other in (french, arabic):
        assert [(row.block_type, row.id) for row in english.sections] == [
            (row.block_type, row.id) for row in other.sections
        ]
    assert Site.objects.get(is_default_site=True).root_page_id == english.pk
    assert LearningPathPage.objects.filter(live=True).count() == 3
    path = LearningPathPage.objects.get(locale__language_code="fr")
    assert path.stages[0].value["courses"][0].slug == "python-premiers-pas"
    assert Category.objects.get(locale__language_code="fr", slug="data").title == "Données"
    assert Category.objects.get(locale__language_code="ar", slug="data").title == "البيانات"
    people = {user.email: sorted(user.groups.values_list("name", flat=True)) for user in User.objects.all()}
    assert people == {
        "admin@example.com": ["administrator"],
        "finance@example.com": ["finance"],
        "instructor@example.com": ["instructor"],
        "learner@example.com": [],
        "reviewer@example.com": ["reviewer"],
        "translator@example.com": ["translator"],
    }
    assert EmailAddress.objects.filter(verified=True, primary=True).count() == 6
    assert all(user.check_password("baobab-demo") for user in User.objects.all())
    assert Enrollment.objects.get().learner.email == "learner@example.com"
    pages = list(Page.objects.order_by("path").values_list("pk", "path", "title", "live", "latest_revision_id"))
    shop = (Offer, OfferPrice, OfferDiscount, Plan, Coupon, TaxRate, RoundingRule)
    assert [model.objects.count() for model in shop] == [6, 18, 1, 2, 1, 2, 5]
    assert price_of(english_course("python-first-steps")) is None
    assert price_of(english_course("web-pages-that-load-fast"), "XAF") == Money(24000, "XAF")
    # What somebody has changed stays.
    OfferPrice.objects.filter(offer__kind="bundle", currency="XAF").update(amount_minor=30000)
    Coupon.objects.update(is_active=False)
    models = (
        Revision,
        GlossaryTerm,
        Category,
        Enrollment,
        User,
        Translation,
        StringTranslation,
        SegmentOverride,
        Video,
        *shop,
    )
    counts = [model.objects.count() for model in models]
    states = list(PageTranslation.objects.order_by("pk").values())
    call_command("load_demo", verbosity=0, with_videos=True)
    assert list(Page.objects.order_by("path").values_list("pk", "path", "title", "live", "latest_revision_id")) == pages
    assert [model.objects.count() for model in models] == counts
    assert list(PageTranslation.objects.order_by("pk").values()) == states
    assert OfferPrice.objects.get(offer__kind="bundle", currency="XAF").amount_minor == 30000
    assert not Coupon.objects.get(code="WELCOME10").is_active

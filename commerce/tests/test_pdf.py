"""The certificate as a PDF."""

from datetime import UTC, datetime

from PIL import ImageFile

from commerce.certificates import pdf
from commerce.certificates.links import grouped_number, verification_url
from commerce.certificates.pdf import lay_out, render_html, render_pdf
from commerce.models import Certificate
from commerce.tests.factories import NOON

FACTS = {"school": "Baobab", "signatory": "", "words": "", "minutes": 320, "lessons": 14, "quizzes": 1}


def certificate(**changes):
    values = {
        "number": "7K3MQ9PXAB2CDEFG",
        "learner_name": "Amina Njoya",
        "course_title": "Version control",
        "language": "en",
        "issued_on": NOON.date(),
        "facts": FACTS,
    }
    return Certificate(**{**values, **changes})


def test_is_one_landscape_page(settings):
    settings.SITE_URL = "https://school.example.com"
    html = render_html(certificate())
    for words in ("Amina Njoya", "Version control", "7K3M-Q9PX-AB2C-DEFG", "14 lessons", "about 5 hours"):
        assert words in html
    assert "https://school.example.com/certificates/7K3MQ9PXAB2CDEFG/" in html
    (page,) = lay_out(certificate()).pages
    # CSS pixels, 96 an inch.
    assert (round(page.width * 25.4 / 96), round(page.height * 25.4 / 96)) == (297, 210)


def test_the_file_is_small_and_carries_its_fonts():
    written = render_pdf(certificate())
    assert written.startswith(b"%PDF-")
    assert len(written) < 100_000
    plain = lay_out(certificate()).write_pdf(uncompressed_pdf=True)
    assert b"Noto-Serif-Display" in plain
    assert b"Arabic" not in plain


def test_names_and_dates_are_isolated_and_escaped():
    html = render_html(certificate(learner_name="<b>عائشة</b>", course_title="A & B"))
    assert "<bdi>&lt;b&gt;عائشة&lt;/b&gt;</bdi>" in html
    assert "<bdi>A &amp; B</bdi>" in html
    assert "<bdi>2 November 2026</bdi>" in html


def test_is_written_in_its_own_language():
    assert '<html lang="fr" dir="ltr">' in render_html(certificate(language="fr"))
    assert "2 novembre 2026" in render_html(certificate(language="fr"))
    assert '<html lang="ar" dir="rtl">' in render_html(certificate(language="ar"))


def boxes(document, test):
    """Boxes of WeasyPrint's first page that fulfil a test."""
    return [box for box in document.pages[0]._page_box.descendants(placeholders=True) if test(box)]


def test_in_arabic_the_middle_stays_in_the_middle_and_the_sides_change_places():
    def places(language):
        """In millimetres: the middle of the name, where the signature begins, where the QR code begins."""
        document = lay_out(certificate(language=language, learner_name="عائشة بنت محمد"))
        (name,) = boxes(document, lambda box: getattr(box, "text", "") == "عائشة بنت محمد")
        (signed,) = boxes(document, lambda box: box.element is not None and box.element.get("class") == "signed")
        (code,) = boxes(document, lambda box: box.element is not None and box.element.get("class") == "qr")
        figures = (name.position_x + name.width / 2, signed.position_x, code.position_x)
        return [round(figure * 25.4 / 96) for figure in figures]

    middle, signature, code = places("en")
    assert (middle, signature) == (148, 32)
    assert places("ar") == [middle, 297 - signature - 92, 297 - code - 30]


def test_in_arabic_number_and_address_stay_left_to_right(settings):
    settings.SITE_URL = "https://school.example.com"
    html = render_html(certificate(language="ar"))
    assert "\u20667K3M-Q9PX-AB2C-DEFG\u2069" in html
    assert "\u2066https://school.example.com/certificates/7K3MQ9PXAB2CDEFG/\u2069" in html
    assert "صدرت في <bdi>" in html
    assert "14 درسًا" in html
    assert "نجاح في اختبار واحد" in html
    assert "نحو 5 ساعات دراسة" in html
    assert "\u2066" not in render_html(certificate(language="fr"))


def test_the_longest_name_and_title_stay_on_one_page():
    long = certificate(
        learner_name="Nkemelu " * 15, course_title="Introduction " * 19, facts={**FACTS, "words": "Knows how. " * 27}
    )
    assert len(lay_out(long).pages) == 1


def test_arabic_names_find_a_font():
    assert b"Arabic" in lay_out(certificate(learner_name="عائشة بنت محمد")).write_pdf(uncompressed_pdf=True)


def test_nothing_is_fetched_whatever_a_name_says(monkeypatch):
    fetched = []
    monkeypatch.setattr(pdf, "_fetch_nothing", lambda url, *args, **kwargs: fetched.append(url))
    lay_out(certificate(learner_name='<img src="https://example.com/x.png">', course_title="file:///etc/passwd"))
    assert fetched == []


def test_a_revoked_one_says_so():
    assert "Revoked" not in render_html(certificate())
    assert "Revoked" in render_html(certificate(revoked_at=datetime(2026, 11, 3, tzinfo=UTC)))


def test_junk_among_the_facts_prints_nothing():
    html = render_html(certificate(facts={"minutes": "many", "lessons": -1, "quizzes": True}))
    assert "lesson" not in html
    assert "quiz" not in html


def test_numbers_are_written_in_groups(settings):
    settings.SITE_URL = "https://school.example.com"
    assert grouped_number("7K3MQ9PXAB2CDEFG") == "7K3M-Q9PX-AB2C-DEFG"
    assert verification_url(certificate()) == "https://school.example.com/certificates/7K3MQ9PXAB2CDEFG/"


def test_making_one_leaves_pillow_strict_with_uploads():
    render_pdf(certificate())
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False

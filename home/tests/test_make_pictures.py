"""Pictures are made when a page is published, not when its first reader waits."""

import uuid

import pytest
from django.test import Client
from wagtail.images.models import Image, Rendition
from wagtail.images.tests.utils import get_test_image_file

from core.dispatch import dispatch
from courses.tests.factories import add_lesson, add_module, make_course


@pytest.mark.django_db(transaction=True)
def test_first_reader_makes_no_picture(media_root) -> None:
    image = Image.objects.create(title="Hill", file=get_test_image_file(size=(1600, 900)))
    lesson = add_lesson(add_module(make_course()), is_free_preview=True)
    value = {"image": image.pk, "alt": "A hill", "decorative": False, "caption": ""}
    lesson.body = [{"type": "image", "value": value, "id": str(uuid.uuid4())}]
    lesson.save_revision().publish()
    dispatch()
    made = Rendition.objects.count()
    assert made >= 3
    page = Client().get(lesson.get_url())
    assert b"A hill" in page.content
    assert Rendition.objects.count() == made


@pytest.mark.django_db(transaction=True)
def test_missing_file_stops_nothing(media_root) -> None:
    image = Image.objects.create(title="Hill", file=get_test_image_file(size=(1600, 900)))
    lesson = add_lesson(add_module(make_course()))
    value = {"image": image.pk, "alt": "A hill", "decorative": False, "caption": ""}
    lesson.body = [{"type": "image", "value": value, "id": str(uuid.uuid4())}]
    image.file.storage.delete(image.file.name)
    lesson.save_revision().publish()
    assert dispatch().set_aside == 0
    assert Rendition.objects.count() == 0

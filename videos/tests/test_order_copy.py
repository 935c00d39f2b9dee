"""Who asks for a copy with their name gets one, once; how many, how much, and for how long."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from core import clock
from core.models.outbox import OutboxEvent
from core.tests.rivals import race
from videos.actions.order_copy import order_copy
from videos.copies import LINKS_LAST, copies_of
from videos.errors import CopyFailed, CopyToolsMissing, NoRoomForCopies, TooManyCopies
from videos.models import MarkedCopy, Rendition
from videos.tests.filmed import ordered
from videos.tests.ready import finished, ready_video
from videos.tests.sources import stored_files

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("video_folders")]
State = MarkedCopy.State
SIZE = 9_100  #: bytes of each rendition


def rendition() -> Rendition:
    return ready_video(has_audio=False, ladder=(("144p", 144, 3_000),)).renditions.get()


def orders() -> int:
    return OutboxEvent.objects.filter(name="videos.CopyOrdered").count()


def test_asking_again_gives_the_same_and_keeps_it_longer(settings: Any) -> None:
    settings.VIDEO_COPY_DAYS = 5
    one = rendition()
    copy = ordered(one)
    assert (copy.state, copy.progress, copy.bytes, copy.text) == (State.WAITING, 0, SIZE, "Amina Bello")
    with clock.travel(timedelta(days=1)):
        now = clock.now()
        again = ordered(one, "  Amina \n Bello ")
        assert now + timedelta(days=5) <= again.expires_at <= clock.now() + timedelta(days=5)
    assert (again.pk, MarkedCopy.objects.count(), orders()) == (copy.pk, 1, 1)


def test_links_never_outlive_it(settings: Any) -> None:
    settings.VIDEO_COPY_DAYS = 0
    assert ordered(rendition()).expires_at - clock.now() > LINKS_LAST - timedelta(minutes=1)


def test_another_name_is_another_copy_and_the_former_goes(django_capture_on_commit_callbacks: Any) -> None:
    one = rendition()
    former = finished(ordered(one))
    others = finished(ordered(one, email="other@example.com"))
    with django_capture_on_commit_callbacks(execute=True):
        copy = ordered(one, "Amina Bello-Diop")
    assert set(MarkedCopy.objects.values_list("pk", flat=True)) == {copy.pk, others.pk}
    assert former.folder not in {name.rpartition("/")[0] for name in stored_files()}
    assert copies_of(copy.user, [one.pk], "Amina Bello") == {}
    assert copies_of(copy.user, [one.pk], "Amina Bello-Diop") == {one.pk: copy}


def test_so_many_at_a_time(settings: Any) -> None:
    settings.VIDEO_COPIES = 2
    first, _second = ordered(rendition()), ordered(rendition())
    with pytest.raises(TooManyCopies) as told:
        ordered(rendition())
    assert "2 downloads are being prepared" in str(told.value)
    assert MarkedCopy.objects.count() == 2
    ordered(rendition(), email="other@example.com")
    finished(first)
    ordered(rendition())


@pytest.mark.parametrize("whose", ["VIDEO_COPY_PERSON_BYTES", "VIDEO_COPY_BYTES"])
def test_no_more_than_there_is_room_for(whose: str, settings: Any, django_capture_on_commit_callbacks: Any) -> None:
    setattr(settings, whose, 5_000 + 2 * SIZE)
    kept = finished(ordered(rendition()))  # 5,000 bytes
    recent = finished(ordered(rendition()))
    ordered(rendition())
    with pytest.raises(NoRoomForCopies):
        ordered(rendition())
    assert MarkedCopy.objects.count() == 3
    # What no link leads to any more makes room.
    MarkedCopy.objects.filter(pk=kept.pk).update(asked_at=clock.now() - LINKS_LAST - timedelta(seconds=1))
    with django_capture_on_commit_callbacks(execute=True):
        ordered(rendition())
    assert not MarkedCopy.objects.filter(pk=kept.pk).exists()
    assert MarkedCopy.objects.filter(pk=recent.pk).exists()
    assert kept.folder not in {name.rpartition("/")[0] for name in stored_files()}


def test_one_persons_share_leaves_others_alone(settings: Any) -> None:
    settings.VIDEO_COPY_PERSON_BYTES = SIZE
    ordered(rendition())
    with pytest.raises(NoRoomForCopies):
        ordered(rendition())
    ordered(rendition(), email="other@example.com")


def test_what_failed_is_told_and_begun_anew_later() -> None:
    one = rendition()
    copy = ordered(one)
    MarkedCopy.objects.update(state=State.FAILED, failure=CopyToolsMissing.code, done_at=clock.now(), bytes=0)
    with pytest.raises(CopyFailed) as told:
        ordered(one)
    assert "ffmpeg" in str(told.value)
    MarkedCopy.objects.update(failure="video_unreadable")
    with pytest.raises(CopyFailed) as told:
        ordered(one)
    assert "could not be prepared" in str(told.value)
    with clock.travel(timedelta(minutes=6)):
        again = ordered(one)
    assert (again.state, MarkedCopy.objects.get().pk, orders()) == (State.WAITING, again.pk, 2)
    assert again.pk != copy.pk


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_ask_at_once_one_begins_it(settings: Any) -> None:
    settings.OUTBOX_DISPATCH_ON_COMMIT = False
    one = rendition()
    person = User.objects.create_user("amina@example.com", name="Amina Bello")
    found = race(8, lambda _number: order_copy(person=person, rendition=one, text="Amina Bello"))
    assert {type(copy) for copy in found} == {MarkedCopy}
    assert len({copy.pk for copy in found}) == 1
    assert (MarkedCopy.objects.count(), orders()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_ask_for_others_at_once_three_begin(settings: Any) -> None:
    settings.OUTBOX_DISPATCH_ON_COMMIT = False
    settings.VIDEO_COPIES = 3
    ones = [rendition() for _number in range(8)]
    person = User.objects.create_user("amina@example.com", name="Amina Bello")
    found = race(8, lambda number: order_copy(person=person, rendition=ones[number], text="Amina Bello"))
    assert sorted(type(copy).__name__ for copy in found) == ["MarkedCopy"] * 3 + ["TooManyCopies"] * 5
    assert (MarkedCopy.objects.count(), orders()) == (3, 3)


@pytest.mark.django_db(transaction=True)
def test_an_order_reaches_the_worker(settings: Any) -> None:
    """What is there can't be decoded, so the worker, who runs at once here, says that."""
    copy = ordered(rendition())
    copy.refresh_from_db()
    assert (copy.state, copy.failure) == (State.FAILED, "video_unreadable")

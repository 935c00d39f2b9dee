"""Captions and chapters are saved by those who look after a video, read strictly, and each change is on record."""

import re
from typing import Any

import pytest
from django.core.files.base import ContentFile

from accounts.models import User
from accounts.tests.factories import make_person, make_superuser
from core.errors import InvalidInput, NotAllowed
from core.models import AuditEntry
from courses.roles import grant_role_permissions
from videos.actions.remove_caption import remove_caption
from videos.actions.save_caption import save_caption
from videos.actions.save_chapters import save_chapters
from videos.actions.update_video import update_video
from videos.captions import chapter_lines, language_choices, language_name
from videos.errors import CaptionsNotReadable, ChaptersNotReadable
from videos.models import Caption, Chapter, Video
from videos.moments import moment_text, read_moment
from videos.storage import video_storage
from videos.webvtt import make_cue, parse

pytestmark = pytest.mark.django_db

VTT = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nHello\n"


@pytest.fixture
def owner() -> User:
    grant_role_permissions()
    return make_person(roles=("instructor",))


@pytest.fixture
def video(owner: User) -> Video:
    return Video.objects.create(title="Loops", uploaded_by=owner, duration_ms=60_000)


def deeds() -> list[tuple[str, dict[str, Any]]]:
    return list(AuditEntry.objects.filter(verb__startswith="videos.").order_by("pk").values_list("verb", "facts"))


class TestCaptions:
    def test_saved_as_webvtt_and_replaced(self, owner: User, video: Video) -> None:
        srt = "1\n00:00:01,000 --> 00:00:02,000\nÉté <font>chaud</font>"
        first = save_caption(actor=owner, video=video, language="fr", source=srt.encode("cp1252"))
        assert first.vtt == "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nÉté chaud\n"
        second = save_caption(actor=owner, video=video, language="fr", source=VTT)
        save_caption(actor=owner, video=video, language="en", source=VTT)
        assert second.pk == first.pk
        assert dict(Caption.objects.values_list("language", "vtt")) == {"fr": VTT, "en": VTT}
        assert deeds() == [
            ("videos.caption_saved", {"language": "fr", "cues": 1}),
            ("videos.caption_saved", {"language": "fr", "cues": 1}),
            ("videos.caption_saved", {"language": "en", "cues": 1}),
        ]

    def test_edited_cues_come_in_order(self, owner: User, video: Video) -> None:
        cues = [make_cue(5000, 6000, "two"), make_cue(0, 1000, "one <script>")]
        saved = save_caption(actor=owner, video=video, language="en", source=[cue for cue in cues if cue])
        assert [cue.text for cue in parse(saved.vtt)] == ["one", "two"]

    def test_the_same_again_is_no_change(self, owner: User, video: Video) -> None:
        before = save_caption(actor=owner, video=video, language="en", source=VTT)
        after = save_caption(actor=owner, video=video, language="en", source=VTT)
        assert (after.changed_at, len(deeds())) == (before.changed_at, 1)

    @pytest.mark.parametrize(
        ("language", "source", "field"),
        [
            ("en", "hello", "captions"),
            ("en", b"\x89PNG\r\n\x00", "captions"),
            ("tlh", VTT, "language"),
            ("", VTT, "language"),
            ("../en", VTT, "language"),
            ("en", "WEBVTT\n\n01:01.600 --> 01:02.000\nof a longer film\n", "captions"),
        ],
    )
    def test_what_is_none_is_refused(self, owner: User, video: Video, language: str, source: Any, field: str) -> None:
        save_caption(actor=owner, video=video, language="en", source=VTT)
        with pytest.raises(CaptionsNotReadable) as refused:
            save_caption(actor=owner, video=video, language=language, source=source)
        assert refused.value.field == field
        assert list(Caption.objects.values_list("vtt", flat=True)) == [VTT]
        assert len(deeds()) == 1

    def test_length_is_not_asked_before_it_is_known(self, owner: User, video: Video) -> None:
        Video.objects.update(duration_ms=0)
        save_caption(actor=owner, video=video, language="en", source="WEBVTT\n\n59:00.000 --> 59:01.000\nend\n")
        assert Caption.objects.count() == 1

    def test_removed(self, owner: User, video: Video) -> None:
        save_caption(actor=owner, video=video, language="en", source=VTT)
        assert remove_caption(actor=owner, video=video, language="en")
        assert not remove_caption(actor=owner, video=video, language="en")
        assert not Caption.objects.exists()
        assert deeds()[1:] == [("videos.caption_removed", {"language": "en"})]


class TestChapters:
    def test_typed_a_line_each(self, owner: User, video: Video) -> None:
        text = "0:00 Start\r\n\r\n 0:30 –  What a  loop is\n٠:٤٥ الحلقات"
        made = save_chapters(actor=owner, video=video, language="en", text=text)
        assert [(chapter.start_ms, chapter.title) for chapter in made] == [
            (0, "Start"),
            (30_000, "What a loop is"),
            (45_000, "الحلقات"),
        ]
        assert chapter_lines(made) == "0:00 Start\n0:30 What a loop is\n0:45 الحلقات"
        save_chapters(actor=owner, video=video, language="en", text=chapter_lines(made))
        assert deeds() == [("videos.chapters_saved", {"language": "en", "chapters": 3})]

    def test_other_languages_stay(self, owner: User, video: Video) -> None:
        save_chapters(actor=owner, video=video, language="en", text="0:00 Start")
        save_chapters(actor=owner, video=video, language="fr", text="0:00 Début\n0:10 Suite")
        save_chapters(actor=owner, video=video, language="fr", text="")
        assert list(Chapter.objects.values_list("language", "title")) == [("en", "Start")]

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("0:00 Start\nnonsense", "Line 2"),
            ("0:00", "Line 1"),
            ("0:61 Start", "Line 1"),
            ("1:60:00 Start", "Line 1"),
            ("0:00 Start\n0:00 Again", "Line 2: another chapter begins at 0:00"),
            ("1:00 After the end", "it lasts 1:00"),
            (f"0:00 {'x' * 201}", "200"),
            ("\n".join(f"0:00:{n:02} x" if n < 60 else f"0:{n} x" for n in range(60, 62)), "Line 1"),
        ],
    )
    def test_a_line_that_is_none_is_named(self, owner: User, video: Video, text: str, says: str) -> None:
        with pytest.raises(ChaptersNotReadable, match=says):
            save_chapters(actor=owner, video=video, language="en", text=text)
        assert not Chapter.objects.exists()

    def test_no_more_than_a_hundred(self, owner: User, video: Video) -> None:
        Video.objects.update(duration_ms=0)
        lines = [f"{n}:00 Part {n}" for n in range(101)]
        with pytest.raises(ChaptersNotReadable, match="100"):
            save_chapters(actor=owner, video=video, language="en", text="\n".join(lines))
        assert len(save_chapters(actor=owner, video=video, language="en", text="\n".join(lines[:100]))) == 100


class TestFacts:
    def change(self, actor: Any, video: Video, **changes: Any) -> Video:
        values = {"title": "Loops", "language": "", "keeps_original": True, **changes}
        return update_video(actor=actor, video=video, **values)

    def test_title_and_language(self, owner: User, video: Video) -> None:
        changed = self.change(owner, video, title="  For \n loops ", language="fr")
        assert (changed.title, changed.language) == ("For loops", "fr")
        self.change(owner, video, title="For loops", language="fr")
        assert deeds() == [("videos.video_changed", {"fields": ["language", "title"]})]

    @pytest.mark.parametrize("changes", [{"title": " "}, {"title": "x" * 256}, {"language": "tlh"}])
    def test_what_is_wrong_changes_nothing(self, owner: User, video: Video, changes: dict[str, Any]) -> None:
        with pytest.raises(InvalidInput):
            self.change(owner, video, **changes)
        assert deeds() == []

    def test_the_file_goes_once_the_video_is_ready(
        self, owner: User, video: Video, django_capture_on_commit_callbacks: Any
    ) -> None:
        name = video_storage().save(f"originals/{video.public_id.hex}.mp4", ContentFile(b"film"))
        Video.objects.update(original=name)
        with django_capture_on_commit_callbacks(execute=True):
            self.change(owner, video, keeps_original=False)
        assert video_storage().exists(name)
        Video.objects.update(state=Video.State.READY)
        with django_capture_on_commit_callbacks(execute=True):
            changed = self.change(owner, video, keeps_original=False)
        assert (changed.original, video_storage().exists(name)) == ("", False)
        assert [facts["fields"] for _verb, facts in deeds()] == [["keeps_original"], ["original"]]


@pytest.mark.parametrize("who", ["nobody", "learner", "other"])
def test_others_change_nothing(owner: User, video: Video, who: str) -> None:
    actor = {"nobody": None, "learner": make_person(), "other": make_person(roles=("instructor",))}[who]
    Caption.objects.create(video=video, language="en", vtt=VTT)
    deeds_of_owners: list[tuple[Any, dict[str, Any]]] = [
        (save_caption, {"language": "en", "source": VTT}),
        (remove_caption, {"language": "en"}),
        (save_chapters, {"language": "en", "text": "0:00 x"}),
        (update_video, {"title": "x", "language": "", "keeps_original": False}),
    ]
    for deed, facts in deeds_of_owners:
        with pytest.raises(NotAllowed):
            deed(actor=actor, video=video, **facts)
    assert (Caption.objects.count(), Chapter.objects.count(), deeds()) == (1, 0, [])
    assert Video.objects.get().title == "Loops"


def test_administrators_may(video: Video) -> None:
    save_caption(actor=make_superuser(), video=video, language="ar", source=VTT)
    assert Caption.objects.get().language == "ar"


def test_languages_are_called_what_they_call_themselves() -> None:
    choices = language_choices()
    assert choices[:3] == [("en", "English"), ("fr", "Français"), ("ar", "العربيّة")]
    assert len({code for code, _name in choices}) == len(choices)
    assert ("sw", "Kiswahili") in choices
    assert language_name("xx") == "Xx"


@pytest.mark.parametrize(
    ("text", "ms", "written"),
    [
        ("0:00", 0, "0:00"),
        ("1:05", 65_000, "1:05"),
        (" 01:05 ", 65_000, "1:05"),
        ("75:00", 4_500_000, "1:15:00"),
        ("1:15:00", 4_500_000, "1:15:00"),
        ("١:٠٥", 65_000, "1:05"),
    ],
)
def test_moments(text: str, ms: int, written: str) -> None:
    assert (read_moment(text), moment_text(ms)) == (ms, written)


@pytest.mark.parametrize(
    "text", ["", "5", "1:5", "1:60", "-1:00", "1:00.5", "1:75:00", "1:00:00:00", "a:bc", "99999:00"]
)
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text) or "^$"):
        read_moment(text)

"""What is typed about a video."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from videos.captions import language_choices
from videos.errors import CaptionsNotReadable
from videos.webvtt import MAX_BYTES, MAX_CUES, Cue, make_cue

__all__ = ["CaptionUploadForm", "ChaptersForm", "CuesForm", "VideoForm"]


class VideoForm(forms.Form):
    """Title, language, and whether the uploaded file stays."""

    title = forms.CharField(label=_lazy("Title"), max_length=255)
    language = forms.ChoiceField(
        label=_lazy("Spoken language"),
        required=False,
        help_text=_lazy("Captions in another language are shown by themselves to those who read it."),
    )
    keeps_original = forms.BooleanField(
        label=_lazy("Keep the uploaded file"),
        required=False,
        help_text=_lazy("Without it the video can't be processed anew, but it takes less room."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language: Any = self.fields["language"]
        language.choices = [("", _("Not said")), *language_choices()]


class CaptionUploadForm(forms.Form):
    """A file of captions, or nothing, to begin with an empty table."""

    language = forms.ChoiceField(label=_lazy("Language of the captions"), choices=language_choices)
    file = forms.FileField(
        label=_lazy("File"),
        required=False,
        help_text=_lazy("WebVTT (.vtt) or SubRip (.srt), at most 1 MB. Without a file you write them yourself."),
        widget=forms.ClearableFileInput(attrs={"accept": ".vtt,.srt,text/vtt,application/x-subrip"}),
    )

    def clean_file(self) -> bytes | None:
        """Its content; None without a file."""
        file = self.cleaned_data["file"]
        if file is None:
            return None
        # One byte more than allowed says enough.
        return file.read(MAX_BYTES + 1)


class ChaptersForm(forms.Form):
    """Chapters in one language, one a line."""

    language = forms.ChoiceField(label=_lazy("Language of the chapters"), choices=language_choices)
    text = forms.CharField(
        label=_lazy("Chapters"),
        required=False,
        strip=False,
        max_length=30_000,
        widget=forms.Textarea(attrs={"rows": 6, "placeholder": "0:00 …\n1:30 …", "spellcheck": "true"}),
        help_text=_lazy("One a line, with the time it begins: “1:30 Loops”."),
    )


class CuesForm(forms.Form):
    """Captions edited: as a table, by script, or as WebVTT without."""

    vtt = forms.CharField(
        label=_lazy("Captions as WebVTT"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 24, "dir": "auto", "spellcheck": "true"}),
    )
    cues = forms.CharField(required=False, widget=forms.HiddenInput)

    def source(self) -> str | list[Cue]:
        """What :func:`~videos.actions.save_caption.save_caption` takes.

        Raises:
            CaptionsNotReadable: a row of the table can't be understood; the message names it.
        """
        if self.cleaned_data["cues"]:
            return _cues_of(self.cleaned_data["cues"])
        return self.cleaned_data["vtt"] or "WEBVTT"


def _cues_of(text: str) -> list[Cue]:
    try:
        rows = json.loads(text)
        if not isinstance(rows, list) or len(rows) > MAX_CUES:
            raise CaptionsNotReadable
    except ValueError as error:
        raise CaptionsNotReadable from error
    found = []
    for number, row in enumerate(rows, start=1):
        try:
            start, end, words, where = row
            if not (type(start) is int and type(end) is int and isinstance(words, str) and isinstance(where, str)):
                raise ValueError
            cue = make_cue(start, end, words, where)
        except (ValueError, TypeError) as error:
            message = _("Row %(row)d: give a beginning, and an end after it.") % {"row": number}
            raise CaptionsNotReadable(message=message) from error
        if cue:
            found.append(cue)
    return found

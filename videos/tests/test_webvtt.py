"""Captions read and written: what they come to, what is refused, and that nothing else gets in."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from videos.errors import CaptionsNotReadable
from videos.webvtt import (
    MAX_BYTES,
    MAX_CUES,
    Cue,
    decode,
    make_cue,
    parse,
    read_time,
    time_text,
    transcript,
    write,
    write_srt,
)

VTT = """WEBVTT - Loops
Kind: captions
Language: en

STYLE
::cue { background: url(https://example.com/track) }

NOTE
Written by hand
on two lines

REGION
id:fred

intro
00:01.000 --> 00:04.500 line:0 position:10%,line-left align:start size:35% region:fred vertical:rl
<v Ama>Hello <b.loud>world</b></v>
second line

1:00:05.000 --> 1:00:06.250
Fish &amp; <i>chips</i> &lt;hot
"""

SRT = """\ufeff1\r
00:00:01,000 --> 00:00:04,500 X1:40 X2:600\r
{\\an8}<font color="#fff">Hello</font> <b>world</b>\r
\r
2\r
00:00:05,5 --> 00:00:06,25\r
Before the gap\r
\r
after the gap\r
3\r
00:00:07,000 --> 00:00:08,000\r
No empty line before\r
"""


def test_webvtt() -> None:
    assert parse(VTT) == [
        Cue(1000, 4500, "<v Ama>Hello <b>world</b></v>\nsecond line", "line:0 position:10%,line-left align:start"),
        Cue(3605000, 3606250, "Fish &amp; <i>chips</i> &lt;hot"),
    ]


def test_subrip() -> None:
    assert parse(SRT) == [
        Cue(1000, 4500, "Hello <b>world</b>"),
        Cue(5500, 6250, "Before the gap\nafter the gap"),
        Cue(7000, 8000, "No empty line before"),
    ]


def test_written_as_both() -> None:
    cues = parse(VTT)
    assert write(cues) == (
        "WEBVTT\n\n"
        "00:00:01.000 --> 00:00:04.500 line:0 position:10%,line-left align:start\n"
        "<v Ama>Hello <b>world</b></v>\nsecond line\n\n"
        "01:00:05.000 --> 01:00:06.250\nFish &amp; <i>chips</i> &lt;hot\n"
    )
    assert write_srt(cues) == (
        "1\n00:00:01,000 --> 00:00:04,500\nHello world\nsecond line\n\n"
        "2\n01:00:05,000 --> 01:00:06,250\nFish & chips <hot\n"
    )
    assert [(cue.start_ms, cue.end_ms, cue.plain) for cue in parse(write_srt(cues))] == [
        (1000, 4500, "Hello world second line"),
        (3605000, 3606250, "Fish & chips <hot"),
    ]


def test_no_cues_are_captions_too() -> None:
    assert parse("WEBVTT") == parse("WEBVTT\n\nNOTE nothing yet\n") == []
    assert write([]) == "WEBVTT\n"


def test_cues_overlap_and_come_in_order_of_time() -> None:
    text = (
        "WEBVTT\n\n00:05.000 --> 00:09.000\nlater\n\n00:01.000 --> 00:08.000\nearlier\n\n00:01.000 --> 00:02.000\nshort"
    )
    assert [cue.text for cue in parse(text)] == ["short", "earlier", "later"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<script>alert(1)</script>", "alert(1)"),
        ("<img src=x onerror=alert(1)>seen", "seen"),
        ("<b onclick=alert(1)>bold</b>", "<b>bold</b>"),
        ("<B>bold", "<b>bold</b>"),
        ("<b><i>crossed</b></i>", "<b><i>crossed</i></b>"),
        ("<b><b>twice</b></b> after", "<b>twice</b> after"),
        ("</i>closed only", "closed only"),
        ("<c.red.big>colour</c> <ruby>漢<rt>kan</rt></ruby> <lang fr>oui</lang>", "colour 漢kan oui"),
        ("<00:00:01.500>kara<00:02.000>oke", "karaoke"),
        ("3 < 5 and 7 > 5 & so on", "3 &lt; 5 and 7 &gt; 5 &amp; so on"),
        ("<<x>b>", "&lt;b&gt;"),
        ("a <b", "a &lt;b"),
        ("&lt;b&gt; &nbsp;x&#0;&#13;&#x2028;y &bogus;", "&lt;b&gt; \xa0x\ufffd  y &amp;bogus;"),
        ("<v.loud  Kofi \n& Ama >hi", "<v Kofi &amp; Ama>hi</v>"),
        ("<v>nameless</v>", "nameless"),
        ("a\x07b\x1bc\u2028d", "abc d"),
        ("  spaced  \n\t\n  lines ", "spaced\nlines"),
        ("one --> two", "one --&gt; two"),
        ("مرحبا\u200f <b>بكم</b>", "مرحبا\u200f <b>بكم</b>"),
    ],
)
def test_text_of_a_cue(text: str, expected: str) -> None:
    cue = make_cue(0, 1, text)
    assert cue is not None
    assert cue.text == expected
    assert parse(write([cue])) == [cue]


@pytest.mark.parametrize("text", ["", " \n ", "<b></b>", "<script></script>", "\x00\x07", "<v Ama></v>"])
def test_nothing_to_read_is_no_cue(text: str) -> None:
    assert make_cue(0, 1, text) is None


@pytest.mark.parametrize(
    ("settings_text", "kept"),
    [
        ("line:-1,end align:middle", "line:-1,end align:center"),
        ("position:101% line:12345 align:javascript", ""),
        ("align:left align:right", "align:left"),
        ("LINE:0 position:50%;x line:100%", "line:100%"),
        ("region:a vertical:lr size:10% onclick:x", ""),
    ],
)
def test_settings_that_are_kept(settings_text: str, kept: str) -> None:
    cue = make_cue(0, 1, "x", settings_text)
    assert cue is not None
    assert cue.settings == kept


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no captions"),
        ("Just a letter to my aunt.", "no captions"),
        ("%PDF-1.7 binary", "no captions"),
        ("WEBVTTX\n\n", "no captions"),
        ("WEBVTT\n\n\x00", "no text"),
        ("WEBVTT\n\nhello\nworld\n", "Line 3"),
        ("WEBVTT\n\n00:01.000 -> 00:02.000\nx", "Line 3"),
        ("WEBVTT\n\n00:01.000 --> soon\nx", "Line 3"),
        ("WEBVTT\n\n00:75.000 --> 00:90.000\nx", "Line 3"),
        ("WEBVTT\n\n-00:01.000 --> 00:02.000\nx", "Line 3"),
        ("WEBVTT\n\n٠٠:٠١.٠٠٠ --> 00:02.000\nx", "Line 3"),
        ("WEBVTT\n\n00:02.000 --> 00:02.000\nx", "Line 3: the caption ends"),
        ("WEBVTT\n\n9999:00:02.000 --> 9999:00:03.000\nx", "Line 3"),
        ("1\n00:00:01,000 --> 00:00:02,000\nfine\n\n2\n00:00:03,000 --> \nx", "Line 6"),
        (f"WEBVTT\n\n00:01.000 --> 00:02.000\n{'x' * 2001}", "00:00:01.000"),
        ("WEBVTT\n\n" + "00:01.000 --> 00:02.000\nx\n\n" * (MAX_CUES + 1), "20000"),
        ("WEBVTT\n\n" + "x" * MAX_BYTES, "too large"),
    ],
)
def test_refused_with_the_reason(text: str, says: str) -> None:
    with pytest.raises(CaptionsNotReadable, match=re.escape(says)):
        parse(text)


#: A square of their length would take hours; the run's own time limit would end it.
HOSTILE = {
    "blank lines": ("WEBVTT\n\n" + "\n" * 900_000 + "x", None),
    "a gap": ("1\n00:00:01,000 --> 00:00:02,000\nx\n" + "\n" * 900_000 + "y", ["x\ny"]),
    "many gaps": ("1\n00:00:01,000 --> 00:00:02,000\n" + "x\n\n" * 250_000, None),
    "open": ("WEBVTT\n\n00:01.000 --> 00:02.000\n" + "<" * 900_000, None),
    "classes": ("WEBVTT\n\n00:01.000 --> 00:02.000\n<b" + ".a" * 400_000, None),
    "classes that end": ("WEBVTT\n\n00:01.000 --> 00:02.000\n<b" + ".a" * 400_000 + ">x", ["<b>x</b>"]),
    "voices": ("WEBVTT\n\n00:01.000 --> 00:02.000\n" + "<v " * 300_000, None),
    "tags": ("WEBVTT\n\n00:01.000 --> 00:02.000\n" + "<b>" * 300_000 + "x", ["<b>x</b>"]),
    "pairs": ("WEBVTT\n\n00:01.000 --> 00:02.000\nx" + "<b></b>" * 100_000, ["x" + "<b></b>" * 100_000]),
    "entities": ("WEBVTT\n\n00:01.000 --> 00:02.000\n" + "&" * 900_000, None),
    "wide": ("WEBVTT\n\n00:01.000 --> 00:02.000" + " " * 900_000 + "x\ny", ["y"]),
    "digits": ("WEBVTT\n\n" + "0" * 900_000 + ":00.000 --> 1", None),
    "asides": ("WEBVTT\n\n" + "STYLE\n\n" * 100_000, []),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_read_in_one_go(name: str) -> None:
    text, expected = HOSTILE[name]
    try:
        found = [cue.text for cue in parse(text)]
    except CaptionsNotReadable:
        found = None
    assert found == expected


class TestDecoding:
    def test_unicode_with_and_without_marks(self) -> None:
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"):
            assert parse(decode(VTT.encode(encoding))) == parse(VTT), encoding

    def test_old_letters_of_subrip(self) -> None:
        french, arabic = "1\n00:00:01,000 --> 00:00:02,000\nÉlève à l’œuvre", "1\n00:00:01,000 --> 00:00:02,000\nمرحبا"
        assert parse(decode(french.encode("cp1252"))) == parse(french)
        assert parse(decode(french.replace("’œ", "'oe").encode("latin-1"), "fr-CM"))[0].text == "Élève à l'oeuvre"
        assert parse(decode(arabic.encode("cp1256"), "ar")) == parse(arabic)
        assert decode(b"1\n00:00:01,000 --> 00:00:02,000\n\x81") == "1\n00:00:01,000 --> 00:00:02,000\n\x81"

    @pytest.mark.parametrize(
        "data",
        [
            b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xff",
            b"\x00\x00\x00\x20ftypisom\xff\xfe\xfd",
            b"WEBVTT\n\n00:01.000 --> 00:02.000\n\xe9t\xe9",
            b"\xff\xfe\x00\xd8\x00",
            b"x" * (MAX_BYTES + 1),
        ],
    )
    def test_what_is_no_text_is_refused(self, data: bytes) -> None:
        with pytest.raises(CaptionsNotReadable):
            decode(data)


def test_times() -> None:
    assert [read_time(text) for text in ("0:00", "00:01.5", "1:02:03.004", "59:59,999", "100:00:00.000")] == [
        0,
        1500,
        3723004,
        3599999,
        360000000,
    ]
    assert [time_text(ms) for ms in (0, 3723004, 360000000)] == ["00:00:00.000", "01:02:03.004", "100:00:00.000"]
    for text in ("1", "1:2:3:4", "1:60", "a:00", "1:00.0000", "٠:٠٠"):
        with pytest.raises(ValueError, match=re.escape(text)):
            read_time(text)


class TestTranscript:
    def paragraphs(self, *cues: tuple[int, int, str]) -> list[tuple[int, str, str]]:
        made = [cue for start, end, text in cues if (cue := make_cue(start, end, text))]
        return [(part.start_ms, part.speaker, part.text) for part in transcript(made)]

    def test_cues_are_joined_until_there_is_a_pause(self) -> None:
        assert self.paragraphs(
            (0, 1000, "A loop\nruns"), (1000, 2000, "again."), (4000, 5000, "<i>Next</i> &amp; last")
        ) == [
            (0, "", "A loop runs again."),
            (4000, "", "Next & last"),
        ]

    def test_speakers_have_paragraphs_of_their_own(self) -> None:
        assert self.paragraphs(
            (0, 1000, "<v Ama>One"), (1000, 2000, "two"), (2000, 3000, "<v Kofi>Three"), (3000, 4000, "<v Kofi>four")
        ) == [(0, "Ama", "One two"), (2000, "Kofi", "Three four")]

    def test_what_rolls_is_said_once(self) -> None:
        assert self.paragraphs((0, 1000, "same"), (1000, 2000, "same"), (2000, 3000, "other")) == [
            (0, "", "same other")
        ]

    def test_long_thoughts_end_with_a_sentence(self) -> None:
        cues = [(n * 1000, n * 1000 + 1000, f"{n} {'word ' * 20}{'end.' if n % 3 == 2 else ''}") for n in range(9)]
        assert [start for start, _who, _text in self.paragraphs(*cues)] == [0, 6000]

    def test_of_nothing(self) -> None:
        assert transcript([]) == []


times = st.tuples(st.integers(0, 10**8), st.integers(1, 10**6)).map(lambda pair: (pair[0], pair[0] + pair[1]))
texts = st.text(max_size=80) | st.lists(
    st.sampled_from(
        ["<b>", "</b>", "<i.x>", "</i>", "<v Ama>", "</v>", "<", ">", "&", "&amp;", "&lt", ";", "-->", "\n"]
    )
    | st.sampled_from(
        ["NOTE", "STYLE", "WEBVTT", " ", "\r", "{\\a}", "1", "00:01.000 --> 00:02.000", "\u2028", "&#10;"]
    )
    | st.text(max_size=6),
    max_size=14,
).map("".join)
cues = st.builds(
    lambda span, text, where: make_cue(span[0], span[1], text, where), times, texts, st.sampled_from(["", "line:0"])
)


@settings(max_examples=300, deadline=None)
@given(st.lists(cues, max_size=6))
def test_what_is_written_is_read_back(made: list[Cue | None]) -> None:
    wanted = sorted((cue for cue in made if cue), key=lambda cue: (cue.start_ms, cue.end_ms))
    assert parse(write(wanted)) == wanted


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300) | texts.map(lambda text: f"WEBVTT\n\n00:01.000 --> 00:02.000\n{text}"))
def test_any_text_is_read_or_refused_and_comes_out_clean(text: str) -> None:
    try:
        found = parse(text)
    except CaptionsNotReadable:
        return
    for cue in found:
        assert not re.sub(r"</?[biu]>|<v [^<>\n]+>|</v>", "", cue.text).count("<")
        assert "-->" not in cue.text
        assert "\n\n" not in cue.text
    assert parse(write(found)) == found

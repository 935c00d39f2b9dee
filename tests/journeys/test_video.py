"""Watching a video: it begins with the smallest file, is operated by hand and by keyboard, goes on where one was."""

import json
import re
from typing import Any

import pytest
from django.conf import LazySettings
from playwright.sync_api import Page, Request, expect

from commerce.models import Enrollment
from courses.tests.factories import make_school, translate_page
from tests.journeys.films import SAID, lesson_with
from tests.journeys.school import School
from tests.journeys.watching import (
    Device,
    device,
    film,
    learner_of,
    operate,
    pieces,
    player,
    ready,
    start,
    state,
    wait_for_time,
)
from videos.models import Video, Viewer

__all__ = ["device", "film"]

pytestmark = pytest.mark.browser


def test_begins_with_the_smallest_file_and_asks_for_nothing_twice(school: School, film: Video, device: Device) -> None:
    page = device(lesson_with(film, learner_of(school)))
    asked = pieces(page)
    start(page)
    # No list of rungs: it stands in the page. The playlist and the first bytes go out together.
    assert sorted(asked[:2]) == ["144p.m3u8", "144p.mp4"]
    assert asked.count("144p.m3u8") == 1
    assert "master.m3u8" not in asked
    expect(page.locator("video")).to_have_js_property("error", None)


def test_quality_speed_and_captions(school: School, film: Video, device: Device) -> None:
    page = device(lesson_with(film, learner_of(school)))
    start(page)
    page.keyboard.press("k")  # the film waits for whoever is slow; what it is played with may be any rung by now
    settings = operate(page, "Settings")
    sizes = settings.locator("fieldset", has_text="Quality").locator("label").all_inner_texts()
    assert [size.split("\n")[0].split(" (")[0] for size in sizes] == ["Automatic", "360p", "240p", "144p", "Sound only"]
    assert all(re.search(r"[\d.]+\s[kM]B per 10 min", size) for size in sizes[1:])
    settings.get_by_role("radio", name="1.5×").check()
    assert state(page)["rate"] == 1.5
    settings.get_by_role("radio", name=re.compile("^360p")).check()
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    expect(player(page)).to_have_attribute("data-rung", "360p")
    page.keyboard.press("k")
    captions = operate(page, "Captions")
    captions.get_by_role("radio", name="English").check()
    captions.get_by_role("radio", name="Large", exact=True).check()
    shown = player(page).locator(".v-captions")
    expect(shown).to_have_attribute("data-size", "large")
    page.keyboard.press("Escape")
    page.keyboard.press("0")
    expect(shown).to_have_text(SAID[0])
    # What was chosen holds after a reload, and captions in another video would be on as well.
    page.reload()
    start(page)
    assert state(page)["rate"] == 1.5
    expect(shown).to_have_attribute("data-size", "large")


def test_sound_only_and_data_saver_that_remembers(school: School, film: Video, device: Device) -> None:
    page = device(lesson_with(film, learner_of(school)))
    start(page)
    operate(page, "Settings").get_by_role("radio", name=re.compile("^Sound only")).check()
    page.wait_for_function("() => document.querySelector('video').src.includes('/audio.mp4')")
    wait_for_time(page, 1)
    player(page).get_by_role("checkbox", name=re.compile("Data saver")).check()
    page.reload()
    asked = pieces(page)
    start(page)
    assert set(asked) == {"144p.m3u8", "144p.mp4"}
    assert (
        page.evaluate("performance.getEntriesByType('resource').filter((one) => one.name.includes('hls')).length") == 0
    )


def test_by_keyboard_alone(school: School, film: Video, device: Device) -> None:
    page = device(lesson_with(film, learner_of(school)))
    page.get_by_role("button", name="Play How a hive works").focus()
    page.keyboard.press("Enter")
    wait_for_time(page, 0.5)
    expect(player(page).get_by_role("button", name="Pause")).to_be_focused()
    page.keyboard.press("k")
    expect(player(page).get_by_role("button", name="Play", exact=True)).to_be_focused()
    place = page.url
    for key, at in (("0", 0), ("l", 10), ("ArrowRight", 15), ("ArrowLeft", 10), ("j", 0), ("5", 12)):
        page.keyboard.press(key)
        page.wait_for_function("at => Math.abs(document.querySelector('video').currentTime - at) < 0.3", arg=at)
    assert page.url == place  # j and k don't turn the page's pages
    slider = player(page).get_by_role("slider", name="Position")
    expect(slider).to_have_attribute("aria-valuetext", "0:12 of 0:24, In the field")
    page.keyboard.press(">")
    assert state(page)["rate"] == 1.25
    page.keyboard.press("m")
    expect(player(page).get_by_role("button", name="Unmute")).to_be_attached()
    page.keyboard.press("c")
    expect(player(page).locator(".v-captions")).to_have_text(SAID[2] if state(page)["time"] < 12 else "")
    page.keyboard.press(" ")
    page.wait_for_function("() => !document.querySelector('video').paused")
    page.keyboard.press("f")
    page.wait_for_function("() => document.fullscreenElement?.classList.contains('v-stage')")
    page.keyboard.press("f")
    page.wait_for_function("() => !document.fullscreenElement")


def test_transcript_follows_seeks_and_is_searched(school: School, film: Video, device: Device) -> None:
    page = device(lesson_with(film, learner_of(school)))
    start(page)
    transcript = page.locator(".v-transcript")
    expect(transcript.locator("[aria-current]")).to_have_text(SAID[0])
    transcript.get_by_text(SAID[2]).click()
    wait_for_time(page, 8)
    expect(transcript.locator("[aria-current]")).to_have_text(SAID[2])
    transcript.get_by_role("searchbox").fill("NECTAR")
    expect(transcript.locator("mark")).to_have_text("nectar")
    transcript.get_by_role("searchbox").fill("honey badger")
    expect(transcript.locator("li:visible")).to_have_count(0)


def test_goes_on_where_one_was_on_another_device(school: School, film: Video, device: Device) -> None:
    lesson = lesson_with(film, learner_of(school))
    first = device(lesson)
    start(first)
    first.keyboard.press("5")
    wait_for_time(first, 13)
    with first.expect_response("**/watched/"):
        first.keyboard.press("k")
    seen = Viewer.objects.get(video=film)
    stopped = state(first)["time"]
    assert abs(seen.position_ms / 1000 - stopped) < 0.1
    second = device(lesson, viewport={"width": 360, "height": 740})
    second.get_by_role("button", name="Play How a hive works").click()
    expect(second.get_by_text(re.compile(r"You go on at 0:12\."))).to_be_visible()
    wait_for_time(second, 12.5)  # the segment in which one stopped
    # The twelve seconds that were jumped over don't count as watched.
    assert seen.seen_seconds <= 5


def test_what_is_watched_offline_is_reported_later(school: School, film: Video, device: Device) -> None:
    page = device(lesson_with(film, learner_of(school)))
    start(page)
    page.route("**/watched/", lambda route: route.abort())
    wait_for_time(page, 4)
    page.keyboard.press("k")
    kept = "() => Object.keys(localStorage).filter((name) => name.startsWith('baobab-watch:')).length"
    page.wait_for_function(f"{kept} === 1")
    assert not Viewer.objects.filter(video=film, seen_seconds__gt=0).exists()
    with page.expect_response("**/watched/"):
        page.unroute("**/watched/")  # from here on it may go out at any time, before the reload too
        page.reload()
        ready(page)
    page.wait_for_function(f"{kept} === 0")
    assert Viewer.objects.get(video=film).seen_seconds >= 3


def test_question_stops_the_video_and_goes_back_to_its_place(school: School, film: Video, device: Device) -> None:
    page = device(lesson_with(film, learner_of(school), asks_at="0:02"))
    expect(page.get_by_text("At 0:02 of the video:")).to_be_visible()
    start(page)
    asked = player(page).get_by_role("group", name="A question about the video")
    expect(asked.get_by_role("group", name="Check yourself")).to_be_visible()
    assert state(page)["paused"]
    asked.get_by_role("radio").first.check()
    asked.get_by_role("button", name="Check", exact=True).click()
    expect(asked.locator(".verdict")).to_be_visible()
    asked.get_by_role("button", name="Go on with the video").click()
    wait_for_time(page, 3)
    expect(asked).to_be_hidden()
    expect(page.locator(".prose > self-check")).to_be_visible()


def test_too_many_devices_and_watching_here_instead(
    school: School, film: Video, device: Device, settings: LazySettings
) -> None:
    settings.VIDEO_STREAMS = 1
    lesson = lesson_with(film, learner_of(school))
    first, second = device(lesson), device(lesson)
    start(first)
    second.get_by_role("button", name="Play How a hive works").click()
    message = player(second).get_by_role("alert")
    expect(message).to_contain_text("You are watching on other devices already.")
    expect(message.get_by_role("listitem")).to_have_text("Chrome, Linux")
    message.get_by_role("button", name="Watch here instead").click()
    wait_for_time(second, 1)


def test_refused_file_gets_a_new_link_and_plays_on(school: School, film: Video, device: Device) -> None:
    page = device(lesson_with(film, learner_of(school)))
    refused: list[str] = []
    claims: list[Request] = []
    page.on("request", lambda request: claims.append(request) if request.url.endswith("/play/") else None)

    def refuse_once(route: Any) -> None:
        if refused:
            route.fallback()
        else:
            refused.append(route.request.url)
            route.fulfill(status=403, body=json.dumps({"code": "link_expired"}))

    page.route("**/360p.m3u8", refuse_once)
    ready(page)
    # Nothing but what is chosen is asked for, and not before the place is claimed.
    operate(page, "Settings").get_by_role("radio", name=re.compile("^144p")).check()
    page.keyboard.press("Escape")
    with page.expect_response("**/play/"):
        start(page)
    operate(page, "Settings").get_by_role("radio", name=re.compile("^360p")).check()
    expect(player(page)).to_have_attribute("data-rung", "360p")
    assert len(refused) == 1
    assert len(claims) == 2  # by pressing play, and for a new link


def test_watermark_names_the_learner_of_a_course_that_costs(school: School, film: Video, device: Device) -> None:
    lesson = lesson_with(film, learner_of(school), shows_watermark="name")
    mark = ".v-watermark"
    page = device(lesson)
    start(page)
    expect(player(page).locator(mark)).to_be_hidden()  # nothing was paid
    Enrollment.objects.filter(learner=learner_of(school)).update(source=Enrollment.Source.PURCHASE)
    page.reload()
    start(page)
    expect(player(page).locator(mark)).to_have_text("Awa Ndiaye")
    page.evaluate("document.querySelector('.v-watermark').remove()")
    expect(player(page).locator(mark)).to_have_text("Awa Ndiaye")
    expect(page.locator("video")).to_have_js_property("disablePictureInPicture", True)


def test_right_to_left_is_mirrored(school: School, film: Video, device: Device) -> None:
    lesson = lesson_with(film, learner_of(school))
    course = lesson.get_parent().get_parent().specific
    pages: dict[int, Any] = {course.get_parent().pk: make_school("ar").courses}
    for page in course.get_descendants(inclusive=True).specific():
        pages[page.pk] = translate_page(page, pages[page.get_parent().pk], "النحل", slug=page.slug)
    arabic = device(pages[lesson.pk], locale="ar")
    arabic.locator(".v-start").click()
    wait_for_time(arabic, 1)
    arabic.keyboard.press("5")
    arabic.keyboard.press("k")
    arabic.wait_for_function("() => Math.abs(document.querySelector('video').currentTime - 12) < 1")
    arabic.keyboard.press("ArrowRight")
    arabic.wait_for_function("() => Math.abs(document.querySelector('video').currentTime - 7) < 1")
    boxes = [arabic.locator(place).bounding_box() for place in (".v-to-play", ".v-to-full", ".v-played", ".v-track")]
    play, full, played, track = (box for box in boxes if box)
    assert play["x"] > full["x"]
    assert played["x"] + played["width"] == pytest.approx(track["x"] + track["width"], abs=2)
    # English is spoken: captions in the page's language are on by themselves.
    expect(player(arabic).locator(".v-captions p")).to_have_css("direction", "rtl")


class TestWithoutTheScript:
    def plays_plainly(self, page: Page) -> None:
        video = page.locator("video")
        assert video.get_attribute("controls") is not None
        assert video.get_attribute("preload") == "none"
        assert re.search(r"/144p\.mp4$", video.get_attribute("src") or "")
        assert page.locator("track").count() == 2

    def test_no_javascript(self, school: School, film: Video, device: Device) -> None:
        page = device(lesson_with(film, learner_of(school), asks_at="0:02"), java_script_enabled=False)
        self.plays_plainly(page)
        chapter = page.locator(".v-chapters a").nth(1)
        assert (chapter.get_attribute("href") or "").endswith("/144p.mp4#t=8")
        expect(page.get_by_role("link", name=re.compile("^Sound only"))).to_be_visible()
        page.get_by_text("Transcript", exact=True).click()
        expect(page.locator(".v-lines")).to_contain_text(SAID[1])
        expect(page.locator("self-check")).to_be_visible()
        answer = page.context.request.get(school + (page.locator("video").get_attribute("src") or ""))
        assert answer.status == 200

    def test_browser_that_saves_data(self, school: School, film: Video, device: Device) -> None:
        page = device(lesson_with(film, learner_of(school)), extra_http_headers={"Save-Data": "on"})
        self.plays_plainly(page)
        assert page.locator("lesson-video, script[src*=lesson-video]").count() == 0
        page.locator("video").evaluate("video => { video.muted = true; video.play(); }")
        wait_for_time(page, 1)

    def test_player_that_does_not_come(self, school: School, film: Video, device: Device) -> None:
        page = device(lesson_with(film, learner_of(school)))
        page.route("**/player/player*.js", lambda route: route.abort())
        page.reload()
        page.get_by_role("button", name="Play How a hive works").click()
        wait_for_time(page, 1)
        expect(page.locator("video")).to_have_js_property("controls", True)

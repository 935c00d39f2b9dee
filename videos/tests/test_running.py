"""Limits of one run of ffmpeg, one by one, and what becomes of it when the worker is killed."""

import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from videos.processing import running
from videos.processing.running import Limits, RunFailed, ffmpeg, run
from videos.tests.at_work import kill_when_reached, none_left_in

#: Would go on for ever.
ENDLESS = ["-f", "lavfi", "-i", "anullsrc", "-f", "null", "-"]
#: 2.7 MB each second of it, as fast as the disk takes it.
LARGE = ["-f", "lavfi", "-i", "testsrc2=size=1280x720", "-c:v", "rawvideo", "-f", "avi", "large.avi"]
HUNDRED_MB = 100 * 1024**2


def failing(folder: Path, *arguments: str, **limits: Any) -> RunFailed:
    """How ffmpeg ends that may take so much."""
    with pytest.raises(RunFailed) as caught:
        ffmpeg(arguments, folder=folder, limits=Limits(**limits))
    assert none_left_in(folder)
    return caught.value


class TestLimits:
    def test_seconds_by_the_clock(self, tmp_path: Path) -> None:
        failure = failing(tmp_path, *ENDLESS, seconds=1)
        assert (failure.reason, failure.is_limit) == ("time", True)

    def test_seconds_of_cpu(self, tmp_path: Path) -> None:
        failure = failing(tmp_path, *ENDLESS, cpu=1)
        assert (failure.reason, failure.is_limit) == ("time", True)

    def test_seconds_by_the_clock_of_who_says_nothing_any_more(self, tmp_path: Path) -> None:
        with pytest.raises(RunFailed, match=r"^time$"):
            run(["sh", "-c", "exec >&- 2>&-; sleep 600"], folder=tmp_path, limits=Limits(seconds=1))
        assert none_left_in(tmp_path)

    @pytest.mark.parametrize("megabytes", [100, 300])
    def test_memory(self, tmp_path: Path, megabytes: int) -> None:
        """Too little for ffmpeg's libraries, and for the pictures of a film."""
        film = ["-f", "lavfi", "-i", "testsrc2=size=1920x1080:duration=1", "-c:v", "libx264", "-f", "mp4", "film.mp4"]
        failure = failing(tmp_path, *film, memory=megabytes * 1024**2)
        assert (failure.reason, failure.is_limit) == ("memory", True)

    def test_bytes_of_one_file(self, tmp_path: Path) -> None:
        failure = failing(tmp_path, *LARGE, file_bytes=1_000_000, folder_bytes=HUNDRED_MB)
        assert (failure.reason, failure.is_limit) == ("size", True)
        assert (tmp_path / "large.avi").stat().st_size <= 1_000_000

    def test_bytes_that_are_missing_when_the_file_is_closed(self, tmp_path: Path) -> None:
        film = ["-f", "lavfi", "-i", "testsrc2=size=96x54:duration=1", "-c:v", "libx264", "-f", "mp4", "film.mp4"]
        assert failing(tmp_path, *film, file_bytes=2000).reason == "size"

    def test_bytes_of_the_folder(self, tmp_path: Path) -> None:
        (tmp_path / "before").write_bytes(bytes(1_000_001))
        failure = failing(tmp_path, *ENDLESS, folder_bytes=1_000_000)
        assert (failure.reason, failure.is_limit) == ("size", True)

    def test_bytes_that_are_printed(self, tmp_path: Path) -> None:
        with pytest.raises(RunFailed, match=r"^size$"):
            run(["yes"], folder=tmp_path, limits=Limits(output_bytes=1000))
        assert none_left_in(tmp_path)

    def test_room_on_the_disk(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(running, "_LEAVE_FREE", 2**60)
        failure = failing(tmp_path, *ENDLESS)
        assert (failure.reason, failure.is_limit) == ("disk", False)

    def test_no_program(self, tmp_path: Path) -> None:
        with pytest.raises(RunFailed, match=r"^missing: There is no no-such-program on this machine\.$"):
            run(["no-such-program"], folder=tmp_path, limits=Limits())

    def test_nothing_of_our_environment_goes_along(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SECRET_KEY", "of the house")
        printed, _words = run(["env"], folder=tmp_path, limits=Limits())
        assert {line.partition(b"=")[0] for line in printed.splitlines()} == {b"PATH", b"LC_ALL"}

    def test_what_watches_stops_it(self, tmp_path: Path) -> None:
        def lost(_seconds: float) -> None:
            raise LookupError

        with pytest.raises(LookupError):
            ffmpeg(ENDLESS, folder=tmp_path, limits=Limits(), progress=lost)
        assert none_left_in(tmp_path)

    def test_a_thread_of_a_worker_runs_it_to_its_end(self, tmp_path: Path) -> None:
        done: list[float] = []

        def work() -> None:
            sound = ["-f", "lavfi", "-i", "anullsrc=duration=2", "-f", "null", "-"]
            done.append(ffmpeg(sound, folder=tmp_path, limits=Limits())[1])

        thread = threading.Thread(target=work)
        thread.start()
        thread.join(60)
        assert done == [2.0]


#: A worker: runs what never ends, and says ``reached`` when it has begun, or when it is at work.
WORKER = """
import sys, time
from pathlib import Path
from videos.processing.running import Limits, run

def watch(printed):
    if printed or sys.argv[2] == "begun":
        print("reached", flush=True)
        time.sleep(600)

command = ["ffmpeg", "-nostdin", "-v", "error", "-progress", "pipe:1", *sys.argv[3:]]
run(command, folder=Path(sys.argv[1]), limits=Limits(seconds=600, cpu=120), watch=watch)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have no signal for it")
@pytest.mark.parametrize("place", ["begun", "at work"])
def test_a_worker_that_is_killed_takes_it_along(place: str, tmp_path: Path) -> None:
    kill_when_reached("-c", WORKER, str(tmp_path), place, *ENDLESS)
    assert none_left_in(tmp_path)

"""Make all talks into a folder: ``python -m demo.talks FOLDER``."""

import sys
from pathlib import Path

from demo.talks.make import can_make, make_all

if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Say where to: python -m demo.talks FOLDER")
    if not can_make():
        sys.exit("ffmpeg is missing. Install it (apt-get install ffmpeg espeak-ng) and try again.")
    for talk in make_all(Path(sys.argv[1]), ["en", "fr"]):
        print(talk.file)

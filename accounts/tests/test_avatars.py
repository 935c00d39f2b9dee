"""Uploaded pictures of people: what is kept of them, and what is refused."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.avatars import MAX_BYTES, SIDE, prepare_avatar
from accounts.errors import PictureRefused
from accounts.tests.pictures import bomb, photo_with_place, picture


def prepared(content: bytes, name: str = "me.jpg") -> Image.Image:
    return Image.open(io.BytesIO(prepare_avatar(SimpleUploadedFile(name, content)).read()))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("size", [(600, 400), (10, 3000), (1, 1), (256, 256)])
def test_every_picture_becomes_a_small_square(kind, size):
    small = prepared(picture(size, kind))
    assert (small.format, small.size, small.mode) == ("WEBP", (SIDE, SIDE), "RGB")


def test_nothing_of_the_original_file_is_kept():
    content = photo_with_place() + b"<?php system($_GET['c']); ?>"
    kept = prepare_avatar(SimpleUploadedFile("../../me.php", content))
    data = kept.read()
    assert b"SecretCamera" not in data
    assert b"<?php" not in data
    assert b"EXIF" not in data
    assert not Image.open(io.BytesIO(data)).getexif()
    assert kept.name.endswith(".webp")
    assert len(kept.name) == 37
    assert kept.name.isascii()


def test_photo_lying_on_its_side_is_turned_upright():
    small = prepared(photo_with_place())
    left, right = small.getpixel((10, 128)), small.getpixel((245, 128))
    assert left[0] > 200 > left[2]
    assert right[2] > 200 > right[0]


def test_transparent_parts_become_white():
    out = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, "PNG")
    assert prepared(out.getvalue()).getpixel((128, 128)) == (255, 255, 255)


def test_moving_picture_stands_still():
    out = io.BytesIO()
    frames = [Image.new("RGB", (50, 50), color) for color in ("red", "blue")]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    small = prepared(out.getvalue())
    assert getattr(small, "n_frames", 1) == 1
    assert small.getpixel((128, 128))[0] > 200


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "picture_unreadable"),
        (b"not a picture", "picture_unreadable"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "picture_unreadable"),
        (picture(kind="BMP"), "picture_unreadable"),
        (picture(kind="TIFF"), "picture_unreadable"),
        (picture(kind="JPEG")[:300], "picture_unreadable"),
        (picture(kind="PNG")[:100], "picture_unreadable"),
        (b"\x89PNG\r\n\x1a\n" + b"\xff" * 50, "picture_unreadable"),
        (bomb(), "picture_unreadable"),  # Pillow's own limit comes first
        (bomb(8_000, 8_000), "picture_too_large"),
        (bomb(20_000, 1), "picture_too_large"),
        (picture() + b"\0" * MAX_BYTES, "picture_too_large"),
    ],
)
def test_hostile_files_are_refused(content, code):
    with pytest.raises(PictureRefused) as refused:
        prepare_avatar(SimpleUploadedFile("me.png", content))
    assert refused.value.code == code
    assert refused.value.field == "avatar"

"""What is signed for Cloudinary, against examples of theirs, and how orders and names are read."""

from uuid import UUID

import pytest
from django.conf import LazySettings

from videos.cloudinary.account import Account, asset_name, read_asset_name
from videos.cloudinary.signatures import (
    is_notice_signature,
    notice_signature,
    path_signature,
    request_signature,
)
from videos.cloudinary.transformations import eager, same, transformation
from videos.errors import VideoServiceNotConfigured
from videos.processing.ladder import LADDER, PlannedRung

KEY = UUID("0192f1c4-aaaa-7bbb-8ccc-000000000001")


class TestRequests:
    """Of "Generating authentication signatures", of their help pages, and of tests of their own libraries."""

    @pytest.mark.parametrize(
        ("given", "secret", "algorithm", "signature"),
        [
            (
                {"public_id": "sample_image", "timestamp": "1315060510"},
                "abcd",
                "sha1",
                "b4ad47fb4e25c7bf5f92a20089f9db59bc302313",
            ),
            (
                {
                    "timestamp": "1315060510",
                    "public_id": "sample_image",
                    "eager": "w_400,h_300,c_pad|w_260,h_200,c_crop",
                    "api_key": "1234",
                    "file": "https://www.example.com/sample.jpg",
                },
                "abcd",
                "sha1",
                "bfd09f95f331f558cbd1320e67aa8d488770583e",
            ),
            (
                {"cloud_name": "dn6ot3ged", "timestamp": "1568810420", "username": "user@cloudinary.com"},
                "hdcixPpR2iKERPwqvH6sHdK9cyac",
                "sha1",
                "14c00ba6d0dfdedbc86b316847d95b9e6cd46d94",
            ),
            (
                {"cloud_name": "dn6ot3ged", "timestamp": "1568810420", "username": "user@cloudinary.com"},
                "hdcixPpR2iKERPwqvH6sHdK9cyac",
                "sha256",
                "45ddaa4fa01f0c2826f32f669d2e4514faf275fe6df053f1a150e7beae58a3bd",
            ),
        ],
    )
    def test_examples(self, given: dict[str, str], secret: str, algorithm: str, signature: str) -> None:
        assert request_signature(given, secret, algorithm) == signature

    def test_what_is_empty_is_not_signed(self) -> None:
        given = {"public_id": "sample_image", "timestamp": "1315060510", "folder": ""}
        assert request_signature(given, "abcd") == "b4ad47fb4e25c7bf5f92a20089f9db59bc302313"

    def test_no_value_passes_for_two_parameters(self) -> None:
        one = request_signature({"public_id": "a&type=upload"}, "abcd")
        assert one != request_signature({"public_id": "a", "type": "upload"}, "abcd")


class TestAddresses:
    """Of tests of their own libraries; there, too, the version isn't signed."""

    def test_examples(self) -> None:
        assert path_signature("c_crop,h_20,w_10/image.jpg", "b") == "s--Ai4Znfl3--"
        assert path_signature("sample.jpg", "b") == "s--v2fTPYTu--"
        assert path_signature("sample.jpg", "b", "sha256") == "s--2hbrSMPO--"


class TestNotices:
    def test_example(self) -> None:
        assert notice_signature(b"{}", "0", "someApiSecret") == "f9aa4471d2a88ff244424cca2444edf7d7ac3596"

    def test_either_hash_is_taken_and_nothing_else(self) -> None:
        right = [notice_signature(b"{}", "12", "secret", algorithm) for algorithm in ("sha1", "sha256")]
        assert [is_notice_signature(one, b"{}", "12", "secret") for one in right] == [True, True]
        for wrong in ("", "0" * 40, "0" * 64, right[0][:-1], f"{right[0]}0", "é" * 40):
            assert not is_notice_signature(wrong, b"{}", "12", "secret")
        assert not is_notice_signature(right[0], b"{ }", "12", "secret")
        assert not is_notice_signature(right[0], b"{}", "13", "secret")
        assert not is_notice_signature(right[0], b"{}", "12", "another")


class TestOrders:
    RUNG = PlannedRung(LADDER[2], 640, 360, 12.25)

    def test_a_rung(self) -> None:
        order = "br_350k,c_scale,fps_12.25,h_360,ki_4.0,vc_h264:high,w_640"
        assert transformation(self.RUNG, with_sound=True) == f"ac_aac,af_48000,{order}"
        assert transformation(self.RUNG, with_sound=False) == f"ac_none,{order}"

    def test_all(self) -> None:
        small = PlannedRung(LADDER[0], 256, 144, 10.0)
        assert eager([small, self.RUNG], with_sound=False) == (
            "ac_none,br_60k,c_scale,fps_10,h_144,ki_4.0,vc_h264:high,w_256/mp4|"
            "ac_none,br_350k,c_scale,fps_12.25,h_360,ki_4.0,vc_h264:high,w_640/mp4"
        )

    def test_the_same_in_other_words(self) -> None:
        assert same("ki_4.0,h_144,w_256", "w_256,h_144,ki_4/mp4")
        assert not same("h_144,w_256", "h_144,w_257")
        assert not same("h_144,w_256", "h_144")


class TestTheAccount:
    def test_as_their_console_shows_it(self, settings: LazySettings) -> None:
        settings.CLOUDINARY_URL = "cloudinary://1234:a%2Fb_C-d@My-Cloud"
        account = Account.from_settings()
        assert (account.key, account.secret, account.cloud) == ("1234", "a/b_C-d", "My-Cloud")
        assert "a/b_C-d" not in repr(account)

    @pytest.mark.parametrize(
        "url", ["", "cloudinary://1234@cloud", "http://1:2@cloud", "cloudinary://1:2@", "//[", "x"]
    )
    def test_anything_else(self, url: str, settings: LazySettings) -> None:
        settings.CLOUDINARY_URL = url
        with pytest.raises(VideoServiceNotConfigured):
            Account.from_settings()

    def test_names(self, settings: LazySettings) -> None:
        settings.CLOUDINARY_FOLDER = "schools/one"
        name = asset_name(KEY, "0a1b2c3d")
        assert name == f"schools/one/{KEY.hex}-0a1b2c3d"
        assert read_asset_name(name) == (KEY, "0a1b2c3d")
        for other in (
            "",
            "schools/one",
            f"schools/two/{KEY.hex}-0a1b2c3d",
            f"schools/one/{KEY.hex}",
            f"schools/one/{KEY.hex}-0A1B2C3D",
            f"schools/one/{KEY.hex}-0a1b2c3d\n",
            "schools/one/nonsense-0a1b2c3d",
            f"x/schools/one/{KEY.hex}-0a1b2c3d",
        ):
            assert read_asset_name(other) is None

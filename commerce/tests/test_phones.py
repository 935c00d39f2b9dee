"""Wallets' phone numbers: as they are typed, whose they probably are, what is shown of them."""

import re

import phonenumbers
import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from commerce.errors import InvalidPhone
from commerce.phones import country_of, example_phone, guess_operator, masked_phone, parse_wallet_phone

pytestmark = pytest.mark.one_database

#: National prefixes by country and provider: the table of the payments reference, from libphonenumber's carrier data.
PREFIXES = [
    ("CM", "mtn", "67 650 651 652 653 654 680 681 682 683"),
    ("CM", "orange_cm", "69 655 656 657 658 659 686 687 688 689 640 641 642"),
    ("CM", "", "66 684 685 62"),
    ("NG", "mtn", "703 704 706 707 803 806 810 813 814 816 903 906 910 913 916 7025 7026"),
    ("NG", "airtel", "701 708 802 808 812 901 902 904 907 911 912"),
    ("NG", "", "705 805 807 811 815 905 915 809 817 818 908 909"),
    ("GH", "mtn", "24 53 54 55 59"),
    ("GH", "", "20 50 23 26 27 56 57"),
    ("KE", "mpesa", "11 14 18 70 71 72 74 757 758 759 768 769 79"),
    ("KE", "airtel", "10 135 136 137 138 139 73 75 762 78"),
    ("KE", "", "77 120 761 744 747"),
    ("UG", "mtn", "76 77 78 79 724 737"),
    ("UG", "airtel", "70 74 75 730 731 732"),
    ("UG", "", "798 799"),
    ("ZM", "airtel", "97 77 57"),
    ("ZM", "mtn", "96 76 56"),
    ("ZM", "", "95 75 55"),
    ("CI", "orange_web", "07"),
    ("SN", "orange_web", "77"),
    ("FR", "", "6123"),
]
CALLING = {"CM": "237", "NG": "234", "GH": "233", "KE": "254", "UG": "256", "ZM": "260"}
CALLING |= {"CI": "225", "SN": "221", "FR": "33"}
LENGTHS = {"NG": 10, "CI": 10}


def number(country: str, prefix: str) -> str:
    length = LENGTHS.get(country, 9)
    return f"+{CALLING[country]}{(prefix + '123456789')[:length]}"


class TestOperators:
    @pytest.mark.parametrize(
        ("country", "prefix", "code"),
        [(country, prefix, code) for country, code, prefixes in PREFIXES for prefix in prefixes.split()],
    )
    def test_prefix_suggests(self, country: str, prefix: str, code: str) -> None:
        phone = number(country, prefix)
        assert guess_operator(phone) == code
        assert country_of(phone) == country

    @pytest.mark.parametrize("text", ["", "670000001", "+", "+237", "hello", "+999123456789"])
    def test_nothing_is_guessed_of_what_is_no_number(self, text: str) -> None:
        assert (guess_operator(text), country_of(text), masked_phone(text)) == ("", "", "")


class TestParsing:
    @pytest.mark.parametrize(
        ("text", "country", "phone"),
        [
            ("670000001", "CM", "+237670000001"),
            ("6 70 00 00 01", "CM", "+237670000001"),
            ("+237 670-000-001", "CM", "+237670000001"),
            ("00237670000001", "CM", "+237670000001"),
            ("237670000001", "CM", "+237670000001"),
            ("0803 123 4567", "NG", "+2348031234567"),
            ("0712 345678", "KE", "+254712345678"),
            ("+237670000001", "", "+237670000001"),
            ("٦٧٠٠٠٠٠٠١", "CM", "+237670000001"),
        ],
    )
    def test_as_people_write_them(self, text: str, country: str, phone: str) -> None:
        assert parse_wallet_phone(text, country) == phone

    @pytest.mark.parametrize(
        ("text", "country"),
        [
            ("", "CM"),
            ("12", "CM"),
            ("67000000", "CM"),
            ("6700000011", "CM"),
            ("670000001", ""),
            ("awa@example.com", "CM"),
            ("222 12 34 56", "CM"),  # a landline
            ("112", "CM"),
        ],
    )
    def test_no_wallet_is_on_it(self, text: str, country: str) -> None:
        with pytest.raises(InvalidPhone) as refused:
            parse_wallet_phone(text, country)
        assert (refused.value.code, refused.value.field) == ("invalid_phone", "phone")
        assert "+237 6 71 23 45 67" in str(refused.value) if country else "+237" in str(refused.value)

    def test_number_of_another_country(self) -> None:
        with pytest.raises(InvalidPhone) as refused:
            parse_wallet_phone("+237670000001", "GH")
        assert refused.value.code == "phone_of_another_country"
        assert "+233 23 123 4567" in str(refused.value)

    @given(st.text(max_size=30), st.sampled_from(["CM", "NG", "KE", "", "XX"]))
    def test_anything_is_a_number_or_refused(self, text: str, country: str) -> None:
        try:
            phone = parse_wallet_phone(text, country)
        except InvalidPhone:
            return
        assert phonenumbers.is_valid_number(phonenumbers.parse(phone))
        assert re.fullmatch(r"\+[1-9][0-9]{7,14}", phone)

    @given(
        st.sampled_from([(country, prefix) for country, _code, prefixes in PREFIXES for prefix in prefixes.split()]),
        st.integers(0, 10**8 - 1),
    )
    def test_parsing_again_changes_nothing(self, place: tuple[str, str], digits: int) -> None:
        country, prefix = place
        typed = (prefix + f"{digits:08}")[: LENGTHS.get(country, 9)]
        try:
            phone = parse_wallet_phone(f"+{CALLING[country]}{typed}", country)
        except InvalidPhone:
            return  # a range that nobody was given
        assert parse_wallet_phone(phone, country) == parse_wallet_phone(phone, "") == phone
        national = phonenumbers.format_number(phonenumbers.parse(phone), phonenumbers.PhoneNumberFormat.NATIONAL)
        assert parse_wallet_phone(national, country) == phone


class TestShowing:
    @pytest.mark.parametrize(
        ("phone", "shown"),
        [
            ("+237670000001", "+237 6•• ••• •01"),
            ("+2348031234567", "+234 8•• ••• ••67"),
            ("+254712345678", "+254 7•• ••• •78"),
        ],
    )
    def test_masked(self, phone: str, shown: str) -> None:
        assert masked_phone(phone) == shown

    def test_keeps_its_order_in_arabic(self) -> None:
        with translation.override("ar"):
            assert masked_phone("+237670000001") == "\u2066+237 6•• ••• •01\u2069"

    @given(st.sampled_from(sorted(CALLING)), st.integers(10**8, 10**9 - 1))
    def test_at_most_three_digits_are_told(self, country: str, digits: int) -> None:
        shown = masked_phone(f"+{CALLING[country]}{digits}")
        assert len(re.findall(r"\d", shown.partition(" ")[2])) in (0, 3)

    @pytest.mark.parametrize("country", ["CM", "NG", "GH", "KE", "UG", "ZM"])
    def test_example_can_be_typed(self, country: str) -> None:
        assert country_of(parse_wallet_phone(example_phone(country), country)) == country

    @pytest.mark.parametrize("country", ["", "XX"])
    def test_no_example(self, country: str) -> None:
        assert example_phone(country) == ""

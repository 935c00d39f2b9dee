"""MT940 statements, and files whose format has to be found out."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.providers.statements.lines import MAX_FILE, Statement, StatementError, StatementLine
from commerce.providers.statements.mt940_file import read_mt940
from commerce.providers.statements.read import format_of, read_statement
from commerce.providers.statements.references import find_references, make_reference
from commerce.simulators.bank import Transfer, camt053
from core.money import Money

ACCOUNT = "CM2110003001000500000605306"
GOOD = """:20:STMT0001
:25:CM2110003001000500000605306
:28C:00012/001
:60F:C261101XAF1500000,
:61:2611021102C25000,NTRFPAY-7F3K2Q//BK2611020001
VIR RECU
:86:VIR DE NGONO MARIE REF PAY-7F3K2Q
:61:2611021102D1500,NCHGNONREF//BK2611020002
:86:FRAIS TENUE
:62F:C261102XAF1523500,
"""


def statement(*lines: str, opening: str = "C261101XAF0,", closing: str = "", marks: str = "FF") -> str:
    """A file with these ``:61:`` lines; ``closing`` has to fit them."""
    head = f":20:S\n:25:{ACCOUNT}\n:28C:1\n:60{marks[0]}:{opening}\n"
    return head + "".join(f"{line}\n" for line in lines) + f":62{marks[1]}:{closing}\n"


def one_line(text: str) -> StatementLine:
    ((line,),) = [read.lines for read in read_mt940(text.encode())]
    return line


class TestReading:
    def test_example(self) -> None:
        (read,) = read_mt940(GOOD.encode())
        came, went = read.lines
        assert (read.account, read.number) == (ACCOUNT, "00012/001")
        assert (read.opening, read.closing) == (Money(1_500_000, "XAF"), Money(1_523_500, "XAF"))
        assert came == StatementLine(
            ACCOUNT,
            date(2026, 11, 2),
            Money(25_000, "XAF"),
            text="VIR DE NGONO MARIE REF PAY-7F3K2Q VIR RECU",
            reference="PAY-7F3K2Q",
            bank_reference="BK2611020001",
            value_on=date(2026, 11, 2),
        )
        assert (went.amount, went.text, went.reference) == (Money(-1_500, "XAF"), "FRAIS TENUE", "")

    def test_same_identity_in_windows_lines_latin_letters_and_an_envelope(self) -> None:
        good = GOOD.replace("NGONO MARIE", "NGONO ÉLISE")
        plain = [line.hash for line in read_mt940(good.encode())[0].lines]
        wrapped = "{1:F01EXAMCMCXAXXX0000000000}{2:I940EXAMCMCXXXXXN}{4:\n" + good + "-}\n"
        for content in (
            good.replace("\n", "\r\n").encode(),
            good.encode("latin-1"),
            b"\xef\xbb\xbf" + good.encode(),
            wrapped.encode(),
            good.replace(":62F", "-\n:62F").encode(),
        ):
            assert [line.hash for line in read_mt940(content)[0].lines] == plain

    @pytest.mark.parametrize(
        ("mark", "minor", "is_reversal"),
        [("C", 500, False), ("D", -500, False), ("RC", -500, True), ("RD", 500, True)],
    )
    def test_marks(self, mark: str, minor: int, is_reversal: bool) -> None:
        closing = f"{'D' if minor < 0 else 'C'}261102XAF500,"
        line = one_line(statement(f":61:2611021102{mark}500,NTRFNONREF", closing=closing))
        assert (line.amount, line.is_reversal) == (Money(minor, "XAF"), is_reversal)

    @pytest.mark.parametrize(
        ("amount", "currency", "minor"),
        [("25000,", "XAF", 25_000), ("25000,00", "XAF", 25_000), ("10,5", "USD", 10_50), ("0,07", "USD", 7)],
    )
    def test_amounts(self, amount: str, currency: str, minor: int) -> None:
        file = statement(
            f":61:2611021102C{amount}NTRFX", opening=f"C261101{currency}0,", closing=f"C261102{currency}{amount}"
        )
        assert one_line(file).amount == Money(minor, currency)

    def test_days_round_the_year(self) -> None:
        line = one_line(statement(":61:2612310102C5,NTRFX", closing="C270102XAF5,"))
        assert (line.booked_on, line.value_on) == (date(2027, 1, 2), date(2026, 12, 31))
        line = one_line(statement(":61:261231C5,NTRFX", closing="C261231XAF5,"))
        assert (line.booked_on, line.value_on) == (date(2026, 12, 31), date(2026, 12, 31))

    @pytest.mark.parametrize(
        "details",
        [
            "166?00VIREMENT?109310?20SVWZ+{first}\n{rest}?31CM21?32NGONO MARIE",
            "?20{first}?21{rest}?32NGONO",
            "/EREF/NOTPROVIDED/REMI/{first}{rest}/NAME/NGONO",
            "166?00U?20PAIEMENT COURS?21{first}?22{rest}",
            "x" * 700 + "\n{first}{rest}",
        ],
    )
    def test_reference_is_found_however_the_bank_cuts_it(self, details: str) -> None:
        import uuid

        reference = make_reference(uuid.UUID(int=7))
        text = details.format(first=reference[:7], rest=reference[7:])
        line = one_line(statement(":61:2611021102C5,NTRFNONREF", f":86:{text}", closing="C261102XAF5,"))
        assert find_references(line.text) == [reference]

    def test_payer_in_fields(self) -> None:
        details = ":86:166?00VIREMENT?20EREF+ABC?31DE89370400440532013000?32NGONO?33 MARIE"
        line = one_line(statement(":61:2611021102C5,NTRFREF-1", details, closing="C261102XAF5,"))
        assert (line.payer, line.payer_account, line.reference) == ("NGONO MARIE", "DE89370400440532013000", "REF-1")

    def test_what_is_behind_the_closing_balance_is_of_no_line(self) -> None:
        good = GOOD + ":64:C261102XAF1523500,\n:86:PAY-AAAAAAAA about the whole\n"
        for file in (good, GOOD + ":86:PAY-AAAAAAAA about the whole\nand more\n", GOOD + "PAY-AAAAAAAA\n"):
            assert read_mt940(file.encode()) == read_mt940(GOOD.encode())

    def test_several_statements(self) -> None:
        second = GOOD.replace("STMT0001", "STMT0002").replace("00012/001", "00013/001")
        assert [read.number for read in read_mt940((GOOD + second).encode())] == ["00012/001", "00013/001"]

    def test_equal_lines_on_two_pages_are_two(self) -> None:
        line = ":61:2611021102C5,NTRFX"
        pages = statement(line, line, closing="C261102XAF10,", marks="FM")
        pages += statement(line, opening="C261102XAF10,", closing="C261102XAF15,", marks="MF")
        (read,) = read_mt940(pages.encode())
        assert [one.ordinal for one in read.lines] == [0, 1, 2]
        assert len({one.hash for one in read.lines}) == 3
        assert (read.opening, read.closing) == (Money(0, "XAF"), Money(15, "XAF"))

    def test_reading_again_gives_the_same_identities(self) -> None:
        line = ":61:2611021102C5,NTRFX"
        file = statement(line, line, closing="C261102XAF10,").encode()
        assert read_mt940(file) == read_mt940(file)


class TestRefusing:
    @pytest.mark.parametrize(
        ("file", "code"),
        [
            ("", "not_mt940"),
            ("hello", "not_mt940"),
            (":20:X\n", "not_mt940"),
            (GOOD.replace(f":25:{ACCOUNT}\n", ""), "no_account"),
            (GOOD.replace("C25000,", "C24999,"), "balance_does_not_fit"),
            (GOOD.replace("XAF1523500,", "EUR1523500,"), "balance_does_not_fit"),
            (GOOD[: GOOD.index(":62F")], "balance_missing"),
            (GOOD[: GOOD.index(":86:FRAIS")], "balance_missing"),
            (GOOD.replace("C25000,", "C,"), "bad_line"),
            (GOOD.replace("C25000,", "C2,5,0"), "bad_line"),
            (GOOD.replace(":61:261102", ":61:261332"), "bad_line"),
            (GOOD.replace("C25000,", "X25000,"), "bad_line"),
            (GOOD.replace("XAF", "FCF"), "bad_amount"),
            (GOOD.replace("C25000,", "C25000,5").replace("1523500,", "1523500,5"), "bad_amount"),
            (GOOD + ":61:2611021102C5,NTRFX\n", "bad_line"),
            (":61:2611021102C5,NTRFX\n" + GOOD, "bad_line"),
            # Without a type the package takes the next line for the same one.
            (GOOD.replace("NTRF", "").replace("NCHG", ""), "bad_line"),
        ],
    )
    def test_with_one_mistake(self, file: str, code: str) -> None:
        with pytest.raises(StatementError) as refused:
            read_mt940(file.encode())
        assert refused.value.code == code

    def test_place_is_the_statements_number(self) -> None:
        with pytest.raises(StatementError) as refused:
            read_mt940((GOOD + GOOD.replace("C25000,", "C24999,")).encode())
        assert refused.value.place == 2

    def test_page_that_does_not_go_on(self) -> None:
        pages = statement(closing="C261102XAF0,", marks="FM")
        pages += statement(opening="C261102XAF10,", closing="C261102XAF10,", marks="MF")
        with pytest.raises(StatementError) as refused:
            read_mt940(pages.encode())
        assert refused.value.code == "balance_does_not_fit"

    def test_too_large(self) -> None:
        with pytest.raises(StatementError) as refused:
            read_mt940(GOOD.encode() + b" " * MAX_FILE)
        assert refused.value.code == "too_large"

    def test_name_of_a_file_is_no_statement(self, tmp_path: Path) -> None:
        (tmp_path / "statement").write_text(GOOD)
        for read in (read_mt940, lambda content: read_statement("x", content, profiles={})):
            with pytest.raises(StatementError):
                read(str(tmp_path / "statement").encode())

    @given(st.lists(st.sampled_from([*GOOD.split("\n"), ":", ":86:", ":61:", "-}", "{4:", "\x00", "é"]), max_size=25))
    def test_any_mixture_is_read_or_refused(self, parts: list[str]) -> None:
        try:
            found = read_mt940("\n".join(parts).encode())
        except StatementError:
            return
        for read in found:
            assert read.opening is not None
            total = Money.sum((line.amount for line in read.lines), read.opening.currency)
            assert read.opening + total == read.closing

    @given(st.binary(max_size=300))
    def test_bytes(self, content: bytes) -> None:
        with pytest.raises(StatementError):
            read_mt940(content)


PROFILE = {
    "account": ACCOUNT,
    "currency": "XAF",
    "booked_on": "Date",
    "text": "Libellé",
    "date_format": "%d/%m/%Y",
    "amount": "Montant",
}
CSV = "Date;Libellé;Montant\n02/11/2026;PAY-7F3K2Q;25 000,00\n"


class TestAnyFormat:
    def refusal(self, content: bytes, profiles: Any = None, name: str = "statement") -> StatementError:
        with pytest.raises(StatementError) as refused:
            read_statement(name, content, profiles={"one": PROFILE} if profiles is None else profiles)
        return refused.value

    @pytest.mark.parametrize(
        "content",
        [
            camt053(ACCOUNT, [Transfer("PAY-7F3K2Q", "25000", booked_on=date(2026, 11, 2))]),
            GOOD[: GOOD.index(":61:2611021102D")].encode() + b":62F:C261102XAF1525000,\n",
            CSV.encode(),
            b"\xef\xbb\xbf" + CSV.encode(),
        ],
    )
    def test_is_recognised(self, content: bytes) -> None:
        # By what is in it: the name says nothing.
        for name in ("statement.pdf", "statement.xml", ""):
            found: list[Statement] = read_statement(name, content, profiles={"one": PROFILE})
            ((line,),) = [read.lines for read in found]
            assert (line.amount, line.booked_on) == (Money(25_000, "XAF"), date(2026, 11, 2))
            assert "PAY-7F3K2Q" in line.text

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "empty"),
            (b" \n ", "empty"),
            (b"%PDF-1.7 ...", "unknown_format"),
            (b"PK\x03\x04...", "unknown_format"),
            (b"<html></html>", "not_camt053"),
            (b"<", "not_xml"),
            (b"x" * (MAX_FILE + 1), "too_large"),
            (b"a;b\n1;2\n", "unknown_format"),
            (CSV.replace("25 000,00", "a lot").encode(), "bad_amount"),
            (GOOD.replace("C25000,", "C24999,").encode(), "balance_does_not_fit"),
        ],
    )
    def test_is_refused(self, content: bytes, code: str) -> None:
        assert self.refusal(content).code == code

    def test_format_is_told(self) -> None:
        files = [camt053(ACCOUNT, []), b"\xef\xbb\xbf" + GOOD.encode(), CSV.encode()]
        assert [format_of(file) for file in files] == ["camt053", "mt940", "csv"]

    def test_without_profiles_a_table_is_of_no_known_format(self) -> None:
        assert self.refusal(CSV.encode(), {}).code == "unknown_format"

    def test_misses_are_told(self) -> None:
        assert "one: missing_column: at 1: Date" in self.refusal(b"a;b\n1;2\n").detail

    def test_profile_with_a_mistake_is_told(self) -> None:
        assert self.refusal(CSV.encode(), {"mine": {"account": "x"}}).code == "bad_profile"
        assert self.refusal(CSV.encode(), {"mine": {**PROFILE, "debit": "D", "credit": "C"}}).code == "bad_profile"

    def test_two_profiles_fit(self) -> None:
        other = {**PROFILE, "account": "OTHER"}
        assert self.refusal(CSV.encode(), {"first": PROFILE, "second": other}).code == "ambiguous_profile"
        (read,) = read_statement("Second bank.csv", CSV.encode(), profiles={"first": PROFILE, "second": other})
        assert read.account == "OTHER"

    def test_profiles_of_the_school(self, settings: Any) -> None:
        settings.BANK_CSV_PROFILES = {"one": PROFILE}
        assert read_statement("a.csv", CSV.encode())[0].account == ACCOUNT

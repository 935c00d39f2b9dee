"""References that people copy by hand into a transfer, and account numbers that can be checked.

A reference is a prefix, eight characters and a check character, of letters and digits that don't look alike. Banks cut
texts, change case and insert blanks, so it is searched inside whatever a statement says; a character that isn't in the
set is taken for one that looks like it only where the check character then fits.
"""

import hashlib
import itertools
import re
import uuid

from commerce.providers.statements.lines import normal

__all__ = ["ALPHABET", "find_references", "iban_is_valid", "make_reference", "rib_key_is_valid"]

#: Without 0, O, 1, I and L. There are 31, a prime: the check finds every wrong character and every swap of two.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
#: Characters before the check character.
LENGTH = 8
#: What a character outside the set may have been.
_LOOKALIKES = {"0": "QD", "O": "QD", "1": "J7T", "I": "J7T", "L": "J7T"}


def make_reference(thing_id: uuid.UUID, prefix: str = "PAY") -> str:
    """The reference of an attempt, refund or payout: always the same for the same id, such as ``PAY-7F3K2QXA5``."""
    number = int.from_bytes(hashlib.sha256(thing_id.bytes).digest()[:8], "big")
    signs = ""
    for _place in range(LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        signs += ALPHABET[rest]
    return f"{prefix}-{signs}{_check(signs)}"


def _check(signs: str) -> str:
    total = sum(place * ALPHABET.index(sign) for place, sign in enumerate(signs, 2))
    # The check character's own weight is 1, and the whole adds up to a multiple of 31.
    return ALPHABET[-total % len(ALPHABET)]


def find_references(text: str, prefix: str = "PAY") -> list[str]:
    """All references in ``text`` whose check character fits, each once, in order."""
    bare, wanted = normal(text), normal(prefix)
    found: list[str] = []
    # Looked ahead, so that a prefix inside another word hides nothing.
    for start in re.finditer(f"(?={re.escape(wanted)})", bare):
        signs = bare[start.end() + len(wanted) :][: LENGTH + 1]
        for good in _repaired(signs):
            reference = f"{prefix}-{good}"
            if reference not in found:
                found.append(reference)
    return found


def _repaired(signs: str) -> list[str]:
    if len(signs) != LENGTH + 1:
        return []
    choices = [sign if sign in ALPHABET else _LOOKALIKES.get(sign, "") for sign in signs]
    # With three strange characters some choice nearly always fits, which proves nothing.
    if not all(choices) or sum(len(choice) > 1 for choice in choices) > 2:
        return []
    candidates = ("".join(choice) for choice in itertools.product(*choices))
    fitting = [signs for signs in candidates if _check(signs[:LENGTH]) == signs[LENGTH]]
    return fitting if len(fitting) == 1 else []


def iban_is_valid(iban: str) -> bool:
    """Whether an IBAN's check digits fit (ISO 13616: mod 97 is 1)."""
    bare = iban.replace(" ", "").upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", bare, re.ASCII):
        return False
    return int("".join(str(int(sign, 36)) for sign in bare[4:] + bare[:4])) % 97 == 1


def rib_key_is_valid(rib: str) -> bool:
    """Whether the key of a RIB fits: bank 5, branch 5, account 11, key 2, as in CEMAC."""
    bare = rib.replace(" ", "").upper()
    if not re.fullmatch(r"[A-Z0-9]{21}\d{2}", bare, re.ASCII):
        return False
    # Letters count as digits: A and J are 1, B, K and S are 2, and so on.
    digits = "".join(
        sign if sign.isdigit() else str((ord(sign) - 65) % 9 + 1) if sign < "S" else str(ord(sign) - 81)
        for sign in bare[:21]
    )
    bank, branch, account = int(digits[:5]), int(digits[5:10]), int(digits[10:])
    return int(bare[21:]) == 97 - (89 * bank + 15 * branch + 3 * account) % 97

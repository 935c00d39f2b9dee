"""Keep a picture or document with which a customer shows that they transferred."""

import io
import warnings
from pathlib import PurePosixPath
from typing import Any, Final

from django.core.files import File
from django.core.files.base import ContentFile
from django.db import transaction
from PIL import Image, ImageOps, UnidentifiedImageError

from commerce import policies
from commerce.errors import AttemptSettled, ProofRefused
from commerce.locks import locked_attempt, locked_order
from commerce.models import PaymentAttempt, TransferProof
from core import clock
from core.ids import new_public_id

__all__ = ["MAX_BYTES", "MAX_PROOFS", "add_transfer_proof"]

MAX_BYTES: Final = 5 * 1024 * 1024
MAX_PROOFS: Final = 5
#: Checked on the header, before any pixel is unpacked.
MAX_PIXELS: Final = 50_000_000
#: Pixels of the longer side of what is kept: enough to read a slip.
SIDE: Final = 2000
FORMATS: Final = ("JPEG", "PNG", "WEBP")

#: States in which a transfer may still arrive, or its amount is in question.
_WAITING = (*PaymentAttempt.OPEN_STATES, PaymentAttempt.State.EXPIRED, PaymentAttempt.State.MISMATCH)


def add_transfer_proof(*, actor: Any, attempt: PaymentAttempt, upload: File, note: str = "") -> TransferProof:
    """Keep ``upload`` beside a bank transfer that has not arrived. It settles nothing: the bank's statement does.

    A picture is copied pixel by pixel into a new file of ours; a PDF is kept as it came, for download only.

    Raises:
        NotFound: somebody else's payment.
        AttemptSettled: no transfer is waited for.
        ProofRefused: too large, neither picture nor PDF, damaged, or one too many.
    """
    policies.require_own_attempt(actor, attempt)
    if attempt.provider != "bank" or attempt.state not in _WAITING:
        raise AttemptSettled
    content, ending = _checked(upload)
    with transaction.atomic():
        locked_order(attempt.order_id)
        attempt = locked_attempt(attempt.pk)
        if attempt.proofs.count() >= MAX_PROOFS:
            raise ProofRefused("too_many_proofs")
        proof = TransferProof(
            attempt=attempt,
            name=PurePosixPath(str(upload.name or "").replace("\\", "/")).name[:200] or f"proof{ending}",
            note=note.strip()[:300],
            uploaded_at=clock.now(),
        )
        proof.file.save(f"{new_public_id().hex}{ending}", content, save=False)
        proof.save()
    return proof


def _checked(upload: File) -> tuple[ContentFile, str]:
    """What is kept of an upload, and how its name ends."""
    if not upload.size or upload.size > MAX_BYTES:
        raise ProofRefused
    upload.seek(0)
    head = upload.read(5)
    upload.seek(0)
    if head == b"%PDF-":
        return ContentFile(upload.read()), ".pdf"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(upload, formats=FORMATS) as original:
                if original.width * original.height > MAX_PIXELS:
                    raise ProofRefused
                upright = ImageOps.exif_transpose(original).convert("RGB")
                upright.thumbnail((SIDE, SIDE))
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ProofRefused from error
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:  # what Pillow raises on damaged files
        raise ProofRefused from error
    kept = io.BytesIO()
    upright.save(kept, "JPEG", quality=82, exif=b"", icc_profile=b"")
    return ContentFile(kept.getvalue()), ".jpg"

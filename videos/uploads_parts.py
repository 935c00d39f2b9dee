"""Parts that go from the sender to the store (S3 multipart uploads); we sign the addresses and put them together.

The store knows which parts it has: what the sender says of them is compared with that and believed in nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import ClientError
from django.db import transaction

from core import clock
from videos.errors import PartsMissing, UploadExpired, UploadNotFound, UploadNotPossible
from videos.locks import locked_upload
from videos.models import Upload
from videos.originals import original_name
from videos.storage import video_storage
from videos.uploads import expiry, require_open

__all__ = [
    "MOST_ADDRESSES",
    "Parts",
    "abort",
    "abort_strays",
    "begin",
    "is_possible",
    "parts_of",
    "put_together",
    "signed",
]

_MIB: Final = 1024 * 1024
#: Bytes of a part, at least: the store asks for 5 MiB, and what a broken line loses is a part.
SMALLEST: Final = 8 * _MIB
#: The store takes 10,000.
MOST_PARTS: Final = 9_000
#: Addresses that are signed at once, and seconds that they work.
MOST_ADDRESSES: Final = 100
ADDRESS_SECONDS: Final = 3600


@dataclass(frozen=True, slots=True)
class Parts:
    """How a file is cut, and which parts the store has."""

    size: int
    count: int
    arrived: dict[int, str]  #: number → etag


def is_possible() -> bool:
    """Whether the store takes parts."""
    return hasattr(video_storage(), "bucket_name")


def begin(upload: Upload) -> None:
    """Have the store expect the parts of ``upload``. Twice at once is once."""
    client, where = _store(upload)
    store_key = client.create_multipart_upload(**where, ContentType="application/octet-stream")["UploadId"]
    with transaction.atomic():
        locked = locked_upload(upload.pk)
        is_first = locked is not None and not locked.store
        if locked is not None and is_first:
            locked.store = {"upload_id": store_key, "part_size": _part_size(upload.size)}
            locked.save(update_fields=["store"])
    if not is_first:
        client.abort_multipart_upload(**where, UploadId=store_key)
    if locked is None:
        raise UploadNotFound
    upload.store = locked.store


def parts_of(upload: Upload) -> Parts:
    """How ``upload`` is cut, and which parts have arrived whole.

    Raises:
        UploadNotPossible: its pieces come here, not to the store.
        UploadExpired: the store has thrown the parts away.
    """
    if upload.way != Upload.Way.MULTIPART:
        raise UploadNotPossible(field="way")
    if not upload.store:
        begin(upload)
    size = upload.store["part_size"]
    count = -(-upload.size // size)
    client, where = _store(upload)
    pages = client.get_paginator("list_parts").paginate(**where, UploadId=upload.store["upload_id"])
    try:
        listed = [part for page in pages for part in page.get("Parts", ())]
    except ClientError as error:
        if _is_gone(error):
            raise UploadExpired from error
        raise
    whole = {part["PartNumber"]: part["ETag"] for part in listed if part["Size"] == _length(upload, part["PartNumber"])}
    return Parts(size, count, whole)


def signed(upload: Upload, numbers: Iterable[int]) -> dict[int, str]:
    """Addresses to which the parts of these numbers are PUT, each as long as that part is, within the hour.

    Raises:
        UploadNotPossible: a number that the file doesn't have, or too many at once.
    """
    require_open(upload)
    numbers = sorted(set(numbers))
    if len(numbers) > MOST_ADDRESSES or any(_length(upload, number) <= 0 or number < 1 for number in numbers):
        raise UploadNotPossible(field="numbers")
    client, where = _store(upload)
    Upload.objects.filter(pk=upload.pk).update(changed_at=clock.now(), expires_at=expiry())
    return {
        number: client.generate_presigned_url(
            "upload_part",
            Params={
                **where,
                "UploadId": upload.store["upload_id"],
                "PartNumber": number,
                # Signed too: the store takes no longer part.
                "ContentLength": _length(upload, number),
            },
            ExpiresIn=ADDRESS_SECONDS,
        )
        for number in numbers
    }


def put_together(upload: Upload, told: dict[int, str] | None = None) -> Upload:
    """Have the store make one file of the parts; a second time it is left as it is.

    Args:
        told: etags by number, as the sender got them: one that the store doesn't have means that something else came.

    Raises:
        PartsMissing: some have not arrived, or not as the sender says.
    """
    if upload.offset == upload.size:
        return upload
    require_open(upload)
    storage, name = video_storage(), original_name(upload.public_id, upload.filename)
    if not storage.exists(name):  # else: whoever put it together was killed before writing so
        parts = parts_of(upload)
        wrong = {number for number, etag in (told or {}).items() if not _same(parts.arrived.get(number), etag)}
        missing = sorted((set(range(1, parts.count + 1)) - set(parts.arrived)) | wrong)
        if missing:
            raise PartsMissing(missing)
        client, where = _store(upload)
        all_of_them = [{"PartNumber": number, "ETag": parts.arrived[number]} for number in sorted(parts.arrived)]
        client.complete_multipart_upload(
            **where, UploadId=upload.store["upload_id"], MultipartUpload={"Parts": all_of_them}
        )
    with transaction.atomic():
        locked = locked_upload(upload.pk)
        if locked is None:
            raise UploadNotFound
        locked.offset, locked.changed_at, locked.expires_at = locked.size, clock.now(), expiry()
        locked.save(update_fields=["offset", "changed_at", "expires_at"])
    return locked


def abort(upload: Upload) -> None:
    """Have the store forget the parts of ``upload``."""
    if upload.store:
        _abort(_store(upload), upload.store["upload_id"])


def abort_strays(before: datetime) -> int:
    """Have the store forget parts from before ``before`` that belong to no upload under way. Returns how many."""
    if not is_possible():
        return 0
    storage: Any = video_storage()
    client, prefix = storage.connection.meta.client, storage._normalize_name("originals/")
    pages = client.get_paginator("list_multipart_uploads").paginate(Bucket=storage.bucket_name, Prefix=prefix)
    old = [
        (found["Key"], found["UploadId"])
        for page in pages
        for found in page.get("Uploads", ())
        if found["Initiated"] < before
    ]
    rows = Upload.objects.filter(state=Upload.State.OPEN, way=Upload.Way.MULTIPART)
    wanted = {store.get("upload_id") for store in rows.values_list("store", flat=True)}
    strays = [(key, found) for key, found in old if found not in wanted]
    for key, found in strays:
        _abort((client, {"Bucket": storage.bucket_name, "Key": key}), found)
    return len(strays)


def _store(upload: Upload) -> tuple[Any, dict[str, str]]:
    storage: Any = video_storage()
    key = storage._normalize_name(original_name(upload.public_id, upload.filename))
    return storage.connection.meta.client, {"Bucket": storage.bucket_name, "Key": key}


def _abort(store: tuple[Any, dict[str, str]], store_key: str) -> None:
    client, where = store
    try:
        client.abort_multipart_upload(**where, UploadId=store_key)
    except ClientError as error:
        if not _is_gone(error):
            raise


def _part_size(size: int) -> int:
    needed = -(-size // MOST_PARTS)
    return max(SMALLEST, -(-needed // _MIB) * _MIB)


def _length(upload: Upload, number: int) -> int:
    size = upload.store["part_size"]
    return min(size, upload.size - (number - 1) * size)


def _same(stored: str | None, told: str) -> bool:
    return stored is not None and stored.strip('"') == told.strip().strip('"')


def _is_gone(error: ClientError) -> bool:
    return error.response.get("Error", {}).get("Code") in {"NoSuchUpload", "NoSuchKey", "404"}

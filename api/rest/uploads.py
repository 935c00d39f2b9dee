"""REST: sending videos, in pieces to us (tus 1.0) or in parts to the store (S3 multipart), resumed after any break."""

import uuid
from typing import IO, Any, Final, cast

from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle

from api.rest import tus
from api.rest.upload_shapes import (
    HandInSchema,
    NewUpload,
    PartsSchema,
    UploadListSchema,
    UploadSchema,
    limits_of,
    parts_told,
    upload_as_data,
)
from api.rest.views import AnyContent, ErrorsSchema, SpeakingView
from core.errors import DomainError, InvalidInput
from videos.actions.append_piece import append_piece
from videos.actions.cancel_upload import cancel_upload
from videos.actions.hand_in_upload import hand_in_upload
from videos.actions.start_upload import start_upload
from videos.errors import (
    ChecksumMismatch,
    DiskFull,
    FileTooLarge,
    PieceTooLong,
    QuotaUsedUp,
    TooManyUploads,
    UploadExpired,
    VideoNotFound,
    VideoRefused,
    WrongOffset,
)
from videos.models import Upload, Video
from videos.policies import videos_visible_to
from videos.uploads import open_uploads, own_upload, require_uploader
from videos.uploads_disk import bytes_here
from videos.uploads_parts import parts_of, signed

__all__ = ["UploadCompleteView", "UploadPartsView", "UploadView", "UploadsView"]

#: Statuses that tus, or plain HTTP, has for these; the rest are as everywhere in REST.
_STATUSES: Final[dict[type[DomainError], int]] = {
    UploadExpired: 410,
    tus.WrongVersion: 412,
    FileTooLarge: 413,
    QuotaUsedUp: 413,
    PieceTooLong: 413,
    VideoRefused: 422,
    TooManyUploads: 429,
    ChecksumMismatch: 460,
    DiskFull: 507,
}
_HEADERS: Final = "Tus-Resumable, Upload-Offset, Upload-Expires"
_TUS = OpenApiParameter("Tus-Resumable", OpenApiTypes.STR, OpenApiParameter.HEADER, required=True, enum=[tus.VERSION])
_OFFSET = OpenApiParameter("Upload-Offset", OpenApiTypes.INT64, OpenApiParameter.HEADER, required=True)
_CHECKSUM = OpenApiParameter(
    "Upload-Checksum",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="`sha256` or `sha1`, a space, the digest in Base64; such a piece has 16 MiB at most.",
)
_KEY = OpenApiParameter("upload", OpenApiTypes.UUID, OpenApiParameter.PATH)


def _refusals(*statuses: int) -> dict[int, Any]:
    return dict.fromkeys((*statuses, 401, 403, 429), ErrorsSchema)


class NewUploads(UserRateThrottle):
    """Uploads that one person may begin in a minute; pieces fall under the limit that all of REST has."""

    scope = "uploads"
    rate = "60/min"


class PieceParser(BaseParser):
    """Leaves the body where it is: pieces are written to the disk as they come, and read by nothing else before.

    The check of the CSRF token asks for the form of every POST, so a parser is always called.
    """

    media_type = tus.PIECE_TYPE

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> dict[str, Any]:
        """Nothing."""
        return {}


class PieceOrJson(AnyContent):
    """JSON where the sender says so."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        return next((parser for parser in parsers if parser.media_type == _type(request)), parsers[0])


class UploadingView(SpeakingView):
    """What the views of this file share: nothing is cached, errors have the statuses of the protocol."""

    parser_classes = [PieceParser, JSONParser]
    content_negotiation_class = PieceOrJson

    def handle_exception(self, exc: Exception) -> Response:
        """Answer a refusal with its status, and a wrong place with the right one."""
        response = super().handle_exception(exc)
        response.status_code = next(
            (status for kind, status in _STATUSES.items() if isinstance(exc, kind)), response.status_code
        )
        if isinstance(exc, WrongOffset):
            response["Upload-Offset"] = str(exc.offset)
        if self.request.method == "HEAD":
            response.data = None
        return response

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Say what belongs to every answer."""
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Tus-Resumable"] = tus.VERSION
        if response.status_code == 412:
            response["Tus-Version"] = tus.VERSION
        response["Cache-Control"] = "no-store"
        return response

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """Say what can be done here; anyone may ask."""
        return Response(status=204, headers=tus.capabilities())

    def get_permissions(self) -> list[Any]:
        """Those of REST; none to ask for capabilities."""
        return [AllowAny()] if self.request.method == "OPTIONS" else list(super().get_permissions())

    def initialize_request(self, request: Any, *args: Any, **kwargs: Any) -> Request:
        """Understand clients behind proxies that let nothing but GET and POST through, as tus asks."""
        meant = request.headers.get("X-HTTP-Method-Override", "").upper()
        if request.method == "POST" and meant in {"PATCH", "HEAD", "DELETE"}:
            request.method = meant
        return super().initialize_request(request, *args, **kwargs)

    def require_tus(self, request: Request) -> None:
        """Refuse to guess what a client means that doesn't say which protocol it speaks.

        Raises:
            WrongVersion: none, or another version.
        """
        if request.headers.get("Tus-Resumable") != tus.VERSION:
            raise tus.WrongVersion


class UploadsView(UploadingView):
    """One's uploads under way, and a new one."""

    def get_throttles(self) -> list[Any]:
        """Those of REST, and one's own for beginning."""
        return [*super().get_throttles(), *([NewUploads()] if self.request.method == "POST" else [])]

    @extend_schema(
        operation_id="list_uploads",
        description="One's uploads that can be gone on with, newest first, and how much room there is.",
        responses={200: UploadListSchema, **_refusals()},
    )
    def get(self, request: Request) -> Response:
        """List them."""
        require_uploader(request.user)
        found = open_uploads(request.user).select_related("video")
        return Response({"uploads": [upload_as_data(upload) for upload in found], "limits": limits_of(request.user)})

    @extend_schema(
        operation_id="start_upload",
        description="Begin to send a video. With `Tus-Resumable` as tus says (`Upload-Length`, `Upload-Metadata` with "
        "filename, title, language, sha256, replaces; the first piece may come along); else as JSON, where `way` "
        "`multipart` sends parts to the store directly.",
        parameters=[
            OpenApiParameter("Tus-Resumable", OpenApiTypes.STR, OpenApiParameter.HEADER, enum=[tus.VERSION]),
            OpenApiParameter("Upload-Length", OpenApiTypes.INT64, OpenApiParameter.HEADER),
            OpenApiParameter("Upload-Metadata", OpenApiTypes.STR, OpenApiParameter.HEADER),
            _CHECKSUM,
        ],
        request={"application/json": NewUpload, tus.PIECE_TYPE: OpenApiTypes.BINARY},
        responses={
            201: OpenApiResponse(UploadSchema, "Its address is in `Location`."),
            **_refusals(400, 404, 409, 412, 413, 415, 422, 507),
        },
    )
    def post(self, request: Request) -> Response:
        """Keep room for it."""
        require_uploader(request.user)
        if "Tus-Resumable" not in request.headers and _type(request) == "application/json":
            form = NewUpload(data=request.data)
            form.is_valid(raise_exception=True)
            upload = _started(request, **form.validated_data)
        else:
            self.require_tus(request)
            upload = self._started_by_tus(request)
        offset = bytes_here(upload) if upload.way == Upload.Way.DISK else upload.offset
        headers = {"Location": reverse("upload", args=[upload.public_id]), "Upload-Offset": str(offset)}
        return tus.written(Response(upload_as_data(upload), status=201, headers=headers), upload)

    def _started_by_tus(self, request: Request) -> Upload:
        size, told, checksum = (
            tus.number_in(request, "Upload-Length"),
            tus.metadata_of(request),
            tus.checksum_of(request),
        )
        length = _length(request) if request.content_type == tus.PIECE_TYPE else 0
        names = ("filename", "title", "language", "sha256", "replaces")
        upload = _started(request, size=size, **{name: told[name] for name in names if name in told})
        if not length:
            return upload
        try:
            upload = append_piece(
                actor=request.user,
                upload=upload,
                offset=0,
                content=cast("IO[bytes]", request._request),
                length=length,
                checksum=checksum,
            )
        except (ChecksumMismatch, PieceTooLong):  # it is begun all the same; the answer says that nothing has come
            return upload
        return _handed_in_if_whole(request, upload)


class UploadView(UploadingView):
    """One upload of one's own."""

    @extend_schema(
        operation_id="upload",
        description="How an upload stands, and which video it became. HEAD answers as tus says.",
        parameters=[_KEY],
        responses={200: UploadSchema, **_refusals(404)},
    )
    def get(self, request: Request, upload: uuid.UUID) -> Response:
        """Show it."""
        return Response(upload_as_data(own_upload(request.user, upload)))

    def head(self, request: Request, upload: uuid.UUID) -> Response:
        """How much has arrived."""
        found = own_upload(request.user, upload)
        self.require_tus(request)
        data = upload_as_data(found)
        if found.state == Upload.State.REFUSED or data["is_expired"]:
            raise UploadExpired
        return tus.written(Response(status=200), found, data["offset"])

    @extend_schema(
        operation_id="append_piece",
        description="The next piece, of any length. The last one's answer says whether a video can be made of the "
        "file (422 if not).",
        parameters=[_KEY, _TUS, _OFFSET, _CHECKSUM],
        request={tus.PIECE_TYPE: OpenApiTypes.BINARY},
        responses={
            204: OpenApiResponse(description=f"Headers: {_HEADERS}."),
            **_refusals(400, 404, 409, 410, 412, 413, 415, 422, 507),
            460: ErrorsSchema,
        },
    )
    def patch(self, request: Request, upload: uuid.UUID) -> Response:
        """Take it."""
        found = own_upload(request.user, upload)
        self.require_tus(request)
        if _type(request) != tus.PIECE_TYPE:
            raise UnsupportedMediaType(_type(request))
        found = append_piece(
            actor=request.user,
            upload=found,
            offset=tus.number_in(request, "Upload-Offset"),
            content=cast("IO[bytes]", request._request),
            length=_length(request),
            checksum=tus.checksum_of(request),
        )
        found = _handed_in_if_whole(request, found)
        return tus.written(Response(status=204, headers={"Upload-Offset": str(found.offset)}), found)

    @extend_schema(
        operation_id="cancel_upload",
        description="Throw away what has arrived.",
        parameters=[_KEY, _TUS],
        responses={204: None, **_refusals(404, 409, 412)},
    )
    def delete(self, request: Request, upload: uuid.UUID) -> Response:
        """Forget it."""
        found = own_upload(request.user, upload)
        self.require_tus(request)
        cancel_upload(actor=request.user, upload=found)
        return Response(status=204)


class UploadPartsView(UploadingView):
    """Parts that go to the store."""

    @extend_schema(
        operation_id="upload_parts",
        description="How the file is cut, which parts the store has, and addresses to PUT those of `numbers` to.",
        parameters=[
            _KEY,
            OpenApiParameter("numbers", OpenApiTypes.STR, description="`1,2,3`, a hundred at most; from 1."),
        ],
        responses={200: PartsSchema, **_refusals(400, 404, 409, 410)},
    )
    def get(self, request: Request, upload: uuid.UUID) -> Response:
        """Sign addresses."""
        found = own_upload(request.user, upload)
        parts = parts_of(found)
        asked = [number.strip() for number in request.query_params.get("numbers", "").split(",") if number.strip()]
        if not all(number.isascii() and number.isdecimal() and len(number) <= 5 for number in asked):
            raise InvalidInput(field="numbers")
        return Response(
            {
                "part_size": parts.size,
                "count": parts.count,
                "arrived": sorted(parts.arrived),
                "addresses": {str(number): url for number, url in signed(found, map(int, asked)).items()},
            }
        )


class UploadCompleteView(UploadingView):
    """Everything has arrived."""

    @extend_schema(
        operation_id="complete_upload",
        description="Have the whole file looked at. 202: a worker is at it, ask again in some seconds. tus clients "
        "need it only then, or when the answer to the last piece was lost.",
        parameters=[_KEY],
        request={"application/json": HandInSchema},
        responses={200: UploadSchema, 202: UploadSchema, **_refusals(400, 404, 409, 410, 422)},
    )
    def post(self, request: Request, upload: uuid.UUID) -> Response:
        """Look at it."""
        found = own_upload(request.user, upload)
        told = parts_told(request.data if _type(request) == "application/json" else {})
        found = hand_in_upload(actor=request.user, upload=found, parts=told)
        return Response(upload_as_data(found), status=200 if found.state == Upload.State.DONE else 202)


def _started(request: Request, *, replaces: Any = None, **told: Any) -> Upload:
    video: Video | None = None
    if replaces:
        try:
            key = uuid.UUID(str(replaces))
        except ValueError:
            raise VideoNotFound from None
        video = videos_visible_to(request.user).filter(public_id=key).first()
        if video is None:
            raise VideoNotFound
    told.setdefault("filename", told.get("title") or "video")
    return start_upload(actor=request.user, replaces=video, **told)


def _type(request: Request) -> str:
    """The body's media type, without parameters."""
    return request._request.content_type or ""


def _length(request: Request) -> int:
    """Bytes that the body is said to have; a body of unknown length reaches no server of Python's whole."""
    return tus.number_in(request, "Content-Length")


def _handed_in_if_whole(request: Request, upload: Upload) -> Upload:
    """The last piece's answer says what became of it; a fault of ours is the sweep's to mend, not the sender's."""
    if upload.offset != upload.size:
        return upload
    return hand_in_upload(actor=request.user, upload=upload)

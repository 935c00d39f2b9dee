"""Cloudinary, imitated: its paths, headers, bodies and signatures, films that are really coded, and how it misbehaves.

Upload (whole and in pieces), destroy, the Admin API's single resource and list, delivery by signed addresses, notices.
Source: Cloudinary's documentation, "Upload API reference", "Admin API reference", "Notifications".
"""

import hashlib
import json
import re
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from werkzeug.datastructures import FileStorage
from werkzeug.routing import Map, Rule
from werkzeug.utils import send_file
from werkzeug.wrappers import Request, Response

from videos.cloudinary.signatures import notice_signature, path_signature, request_signature
from videos.simulators.coding import code, facts
from videos.simulators.server import ImitatedService, Notice, answer_error, answer_json

__all__ = ["CloudinarySimulator"]

#: Seconds that a signature of a request is worth.
_SIGNED_FOR = 3600
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


@dataclass
class _Asset:
    public_id: str
    version: int
    path: Path
    kind: str
    created_at: datetime
    seen: dict[str, Any]
    #: Path of each film by its transformation; None while it is made, words where it couldn't be.
    films: dict[str, Path | str | None] = field(default_factory=dict)


class CloudinarySimulator(ImitatedService):
    """One account at Cloudinary; its API and its files have one address. As :class:`ImitatedService`."""

    def __init__(
        self,
        folder: Path,
        *,
        cloud: str = "baobab-simulator",
        key: str = "123456789012345",
        secret: str = "simulator-secret",  # noqa: S107  opens nothing but this
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        super().__init__(folder, host, port)
        self.cloud, self.key, self.secret = cloud, key, secret
        #: Least bytes of a piece that isn't the last.
        self.least_piece = 5 * 1024 * 1024
        self.assets: dict[str, _Asset] = {}
        self._pieces: dict[str, dict[int, Path]] = {}
        api = f"/v1_1/{cloud}"
        self.routes = Map(
            [
                Rule(f"{api}/video/upload", methods=["POST"], endpoint=self._upload),
                Rule(f"{api}/video/destroy", methods=["POST"], endpoint=self._destroy),
                Rule(f"{api}/resources/video/<kind>", methods=["GET"], endpoint=self._list),
                Rule(f"{api}/resources/video/<kind>/<path:name>", methods=["GET"], endpoint=self._resource),
                Rule(f"/{cloud}/video/<kind>/<signed>/<path:rest>", methods=["GET", "HEAD"], endpoint=self._deliver),
            ]
        )

    @property
    def account_url(self) -> str:
        """``CLOUDINARY_URL``."""
        return f"cloudinary://{self.key}:{self.secret}@{self.cloud}"

    def is_file(self, endpoint: object) -> bool:
        """See :class:`ImitatedService`."""
        return endpoint == self._deliver

    # ── Upload API ────────────────────────────────────────────────────────────

    def _refusal(self, given: Mapping[str, str]) -> Response | None:
        """Whether a signed request is not from us."""
        if given.get("api_key") != self.key:
            return answer_error(401, f"Unknown API key {given.get('api_key')}")
        signature = given.get("signature", "")
        algorithm = "sha256" if len(signature) == 64 else "sha1"
        if signature != request_signature(given, self.secret, algorithm):
            signed = "&".join(f"{name}={given[name]}" for name in sorted(given) if name not in ("api_key", "signature"))
            return answer_error(401, f"Invalid Signature {signature}. String to sign - '{signed}'.")
        if abs(self.now() - int(given.get("timestamp") or 0)) > _SIGNED_FOR:
            return answer_error(400, f"Stale request - reported time is {given.get('timestamp')}")
        return None

    def _upload(self, request: Request) -> Response:
        given = request.form.to_dict()
        if refusal := self._refusal(given):
            return refusal
        file = request.files.get("file")
        if file is None:
            return answer_error(400, "Missing required parameter - file")
        path = self.folder / f"{secrets.token_hex(8)}.source"
        if said := request.headers.get("Content-Range", ""):
            whole = self._piece(said, request.headers.get("X-Unique-Upload-Id", ""), file, path)
            if whole is not None:
                return whole
        else:
            file.save(path)
        return self._take(path, given)

    def _piece(self, said: str, upload: str, file: FileStorage, target: Path) -> Response | None:
        """Keep a piece; None when it was the last one and ``target`` is whole."""
        found = _RANGE.fullmatch(said)
        if not found or not upload:
            return answer_error(400, "Invalid Content-Range or X-Unique-Upload-Id")
        start, end, size = (int(number) for number in found.groups())
        path = self.folder / f"{upload}-{start}.piece"
        file.save(path)
        if path.stat().st_size != end - start + 1:
            return answer_error(400, "Content-Range does not fit the part")
        if end + 1 < size and end - start + 1 < self.least_piece:
            return answer_error(400, "All parts except EOF-chunk must be larger than 5mb")
        with self.lock:
            pieces = self._pieces.setdefault(upload, {})
            pieces[start] = path
        if end + 1 < size:
            return answer_json({"done": False, "bytes": end + 1, "kind": "upload", "resource_type": "video"})
        with target.open("wb") as whole:
            for start in sorted(pieces):
                if whole.tell() != start:
                    return answer_error(400, "Missing parts")
                whole.write(pieces[start].read_bytes())
        for piece in self._pieces.pop(upload).values():
            piece.unlink()
        return None

    def _take(self, path: Path, given: Mapping[str, str]) -> Response:
        try:
            seen = facts(path)
        except ValueError:
            path.unlink()
            return answer_error(400, "Invalid video file")
        asset = _Asset(
            given.get("public_id") or secrets.token_hex(10),
            int(time.time()),
            path,
            given.get("type", "upload"),
            datetime.now(UTC),
            seen,
        )
        orders = [order.removesuffix("/mp4") for order in given.get("eager", "").split("|") if order]
        asset.films = dict.fromkeys(orders)
        batch = secrets.token_hex(32)
        with self.lock:
            self.assets[asset.public_id] = asset
        tell = given.get("eager_notification_url", "")
        thread = threading.Thread(target=self._make, args=(asset, orders, tell, batch), daemon=True)
        self.threads.append(thread)
        thread.start()
        pending = [{"status": "processing", "batch_id": batch, "transformation": f"{order}/mp4"} for order in orders]
        more = {"signature": request_signature(_named(asset), self.secret), "original_filename": "source"}
        return answer_json({**self._show(asset), **more, "eager": pending, "batch_id": batch})

    def _destroy(self, request: Request) -> Response:
        given = request.form.to_dict()
        if refusal := self._refusal(given):
            return refusal
        with self.lock:
            asset = self.assets.pop(given.get("public_id", ""), None)
        if asset is None:
            return answer_json({"result": "not found"})
        for film in [asset.path, *asset.films.values()]:
            if isinstance(film, Path):
                film.unlink(missing_ok=True)
        return answer_json({"result": "ok"})

    # ── Admin API ─────────────────────────────────────────────────────────────

    def _is_stranger(self, request: Request) -> bool:
        given = request.authorization
        return given is None or (given.username, given.password) != (self.key, self.secret)

    def _resource(self, request: Request, kind: str, name: str) -> Response:
        if self._is_stranger(request):
            return Response("<html><body>Unauthorized</body></html>", 401, content_type="text/html")
        asset = self.assets.get(name)
        if asset is None or asset.kind != kind:
            return answer_error(404, f"Resource not found - {name}")
        derived = [
            {
                "transformation": order,
                "format": "mp4",
                "bytes": film.stat().st_size,
                "id": hashlib.sha256(f"{name}{order}".encode()).hexdigest()[:32],
                "secure_url": self._address(asset, order),
            }
            for order, film in asset.films.items()
            if isinstance(film, Path)
        ]
        return answer_json({**self._show(asset), "derived": derived})

    def _list(self, request: Request, kind: str) -> Response:
        if self._is_stranger(request):
            return Response("<html><body>Unauthorized</body></html>", 401, content_type="text/html")
        prefix, most = request.args.get("prefix", ""), int(request.args.get("max_results", "10"))
        first = int(request.args.get("next_cursor", "0"))
        found = [
            self._show(asset)
            for name, asset in sorted(self.assets.items())
            if name.startswith(prefix) and asset.kind == kind
        ]
        more = {"next_cursor": str(first + most)} if len(found) > first + most else {}
        return answer_json({"resources": found[first : first + most], **more})

    def _show(self, asset: _Asset) -> dict[str, Any]:
        return {
            "asset_id": hashlib.md5(asset.public_id.encode(), usedforsecurity=False).hexdigest(),
            "public_id": asset.public_id,
            "format": "mp4",
            "version": asset.version,
            "resource_type": "video",
            "type": asset.kind,
            "created_at": asset.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "bytes": asset.path.stat().st_size if asset.path.exists() else 0,
            **asset.seen,
        }

    # ── Films ─────────────────────────────────────────────────────────────────

    def _address(self, asset: _Asset, order: str) -> str:
        signature = path_signature(f"{order}/{asset.public_id}.mp4", self.secret)
        rest = f"{order}/v{asset.version}/{asset.public_id}.mp4"
        return f"{self.url}/{self.cloud}/video/{asset.kind}/{signature}/{rest}"

    def _deliver(self, request: Request, kind: str, signed: str, rest: str) -> Response:
        order, _, named = rest.partition("/")
        name = re.sub(r"^v\d+/", "", named).removesuffix(".mp4")
        rights = {path_signature(f"{order}/{name}.mp4", self.secret, one) for one in ("sha1", "sha256")}
        asset = self.assets.get(name)
        if signed not in rights:
            return answer_error(401, "Unsigned or wrongly signed address")
        if asset is None or asset.kind != kind or order not in asset.films:
            return answer_error(404, f"Resource not found - {name}")
        film = asset.films[order]
        if film is None:
            return answer_error(423, "The derived video is being processed")
        if isinstance(film, str):
            return answer_error(400, film)
        if self.faults.redirect:
            return Response(status=302, headers={"Location": self.faults.redirect})
        if self.faults.delivers is not None:
            body, kind = self.faults.delivers
            return Response(body if self.faults.promises else iter([body]), content_type=kind)
        if self.faults.cuts_after:
            size = film.stat().st_size
            cut = film.read_bytes()[: self.faults.cuts_after]
            return Response(iter([cut]), headers={"Content-Length": str(size)}, content_type="video/mp4")
        return send_file(film, request.environ, mimetype="video/mp4")

    def _make(self, asset: _Asset, orders: list[str], tell: str, batch: str) -> None:
        while self.faults.holds:
            time.sleep(0.02)
        time.sleep(self.faults.slow)
        done = []
        for order in orders:
            entry: dict[str, Any] = {"transformation": f"{order}/mp4", "format": "mp4"}
            target = self.folder / f"{secrets.token_hex(8)}.mp4"
            try:
                if self.faults.fails and self.faults.fails in order:
                    raise ValueError("Video processing failed: unsupported source")
                code(asset.path, target, order, keeps_key_frames=not self.faults.ignores_key_frames)
            except ValueError as error:
                asset.films[order] = str(error)
                entry |= {"status": "failed", "reason": str(error)}
            else:
                asset.films[order] = target
                entry |= {"bytes": target.stat().st_size, "secure_url": self._address(asset, order)}
            done.append(entry)
        if tell:
            self._tell(asset, done, tell, batch)

    # ── Notices ───────────────────────────────────────────────────────────────

    def notice(self, url: str, data: Mapping[str, Any], timestamp: int | None = None) -> Notice:
        """A notice as they sign it."""
        body = json.dumps(data).encode()
        when = str(int(self.now()) if timestamp is None else timestamp)
        secret = "somebody-else" if self.faults.bad_signature else self.secret
        headers = {
            "Content-Type": "application/json",
            "X-Cld-Timestamp": when,
            "X-Cld-Signature": notice_signature(body, when, secret),
        }
        return Notice(url, headers, body)

    def _tell(self, asset: _Asset, done: list[dict[str, Any]], url: str, batch: str) -> None:
        data = {
            "notification_type": "eager",
            "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00"),
            "request_id": secrets.token_hex(16),
            "eager": done,
            "batch_id": batch,
            "asset_id": hashlib.md5(asset.public_id.encode(), usedforsecurity=False).hexdigest(),
            "public_id": asset.public_id,
            "signature_key": self.key,
        }
        notice = self.notice(url, data)
        for _time in range(max(1, self.faults.duplicate_notices)):
            copy = Notice(notice.url, notice.headers, notice.body)
            self.notices.append(copy)
            if not self.faults.drop_notices:
                self.send(copy)


def _named(asset: _Asset) -> dict[str, str]:
    return {"public_id": asset.public_id, "version": str(asset.version)}

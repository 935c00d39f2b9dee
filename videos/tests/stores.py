"""Stores of videos for tests that say the same of each: a folder, and an S3 that imitates Amazon's (moto)."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.conf import LazySettings
from django.conf import settings as django_settings
from moto.moto_server import werkzeug_app
from moto.server import ThreadedMotoServer

from core.ids import new_public_id

__all__ = ["any_store", "open_to", "s3_address", "s3_store"]

ACCESS = {"access_key": "tests", "secret_key": "tests"}


@pytest.fixture(scope="session")
def s3_address() -> Iterator[str]:
    """Address of an S3 on this machine, started when a test first asks."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    # It would let in every website, whatever the rules of a bucket say.
    werkzeug_app.DISABLE_GLOBAL_CORS = True
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3_store(s3_address: str, settings: LazySettings, video_folders: Path) -> Any:
    """The storage of videos is an empty bucket; returns boto3's resource of it."""
    bucket = f"videos-{new_public_id().hex}"
    resource = boto3.resource(
        "s3",
        endpoint_url=s3_address,
        region_name="us-east-1",
        aws_access_key_id=ACCESS["access_key"],
        aws_secret_access_key=ACCESS["secret_key"],
    )
    resource.create_bucket(Bucket=bucket)
    storages: dict[str, Any] = {name: dict(value) for name, value in settings.STORAGES.items()}
    storages["videos"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            **ACCESS,
            "bucket_name": bucket,
            "endpoint_url": s3_address,
            "region_name": "us-east-1",
            "location": "videos",
            "default_acl": "private",
            "querystring_auth": True,
            "file_overwrite": True,
            "signature_version": "s3v4",
        },
    }
    settings.STORAGES = storages
    return resource.Bucket(bucket)


def open_to(bucket: Any, origin: str) -> None:
    """Give a bucket the rules that we tell schools to give theirs, for the website at ``origin``."""
    rules = json.loads(
        (Path(django_settings.BASE_DIR) / "deploy" / "videos-bucket-cors.json").read_text(encoding="utf-8")
    )
    for rule in rules["CORSRules"]:
        rule["AllowedOrigins"] = [origin]
    bucket.Cors().put(CORSConfiguration=rules)


@pytest.fixture(params=["disk", "s3"])
def any_store(request: pytest.FixtureRequest, video_folders: Path) -> str:
    """Each kind of store in turn; returns which."""
    if request.param == "s3":
        request.getfixturevalue("s3_store")
    return str(request.param)

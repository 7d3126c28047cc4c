"""A real S3 server for tests: SeaweedFS, started once a session."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import boto3
import pytest


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def seaweed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a SeaweedFS S3 gateway; the AWS environment points at it for the session."""
    binary = shutil.which("weed") or str(Path(sys.executable).parent / "weed")
    folder, port, master, volume, filer = tmp_path_factory.mktemp("seaweed"), *(free_port() for _ in range(4))
    access = '{"identities":[{"name":"test","credentials":[{"accessKey":"test","secretKey":"test"}],"actions":["Admin"]}]}'
    (folder / "s3.json").write_text(access)
    command = [
        binary, "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-master.port={master}", f"-volume.port={volume}", f"-filer.port={filer}",
        "-s3", f"-s3.port={port}", f"-s3.config={folder}/s3.json", "-s3.port.iceberg=0", "-s3.port.lance=0",
        f"-master.port.grpc={free_port()}", f"-volume.port.grpc={free_port()}", f"-filer.port.grpc={free_port()}", f"-s3.port.grpc={free_port()}", "-volume.max=200", "-master.volumeSizeLimitMB=64",
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=(folder / "log").open("wb"), stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    os.environ |= {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    try:
        _wait(address)
        yield address
    finally:
        process.kill()  # it would wait for its open streams otherwise
        process.wait()


@pytest.fixture
def bucket(seaweed: str) -> str:
    """A bucket of its own."""
    return _create_bucket()


@pytest.fixture(scope="session")
def shared_bucket(seaweed: str) -> str:
    """One bucket for all tests that need only a prefix of their own: the server sets volumes aside for each bucket."""
    return _create_bucket()


def _wait(address: str) -> None:
    for _ in range(240):
        try:
            urllib.request.urlopen(address, timeout=2)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise RuntimeError("SeaweedFS did not start")


def _create_bucket() -> str:
    name = f"test-{uuid4().hex[:12]}"
    for attempt in range(30):
        try:
            boto3.client("s3").create_bucket(Bucket=name)
            break
        except Exception:
            if attempt == 29:
                raise
            time.sleep(1)
    return name

"""The service against its own OpenAPI: generated requests, right and wrong ones, to a real process (Hatfield-Dodds and Dygalo 2022)."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.answering import Answering, key_of, people_file

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
_LIMITS = "rate = 100000\nburst = 100000\ntogether = 64\npace_ms = 0\n"


def test_every_response_is_one_that_the_description_names_and_none_is_an_error_of_ours(root: str, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(_LIMITS)
    options = ("--auth", "api-keys", "--people", str(people_file(tmp_path)), "--settings", str(tmp_path / "settings.toml"))
    with Answering(root, *options) as service:
        command = [str(Path(sys.executable).parent / "schemathesis"), "run", f"{service.address}/openapi.json", "--no-color"]
        command += ["--checks", "all", "--max-examples", "60", "--seed", "7", "-H", f"Authorization: Bearer {key_of('robin')}"]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=280, cwd=tmp_path)
        service.ask("zq7 a question that nobody else asks", "robin")
        log = service.log.read_text()
    print(done.stdout[-1500:])
    assert done.returncode == 0, done.stdout[-6000:]
    assert "/v1/search" in log and "zq7" not in log and "Traceback" not in log

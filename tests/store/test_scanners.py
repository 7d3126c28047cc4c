"""The installed scanner: the one that was examined or none, and it never opens a socket."""

import platform
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from muniment.errors import Corrupt, NotFound
from muniment.store import scanners
from muniment.store.scanners import BETTERLEAKS
from muniment.tasks.detectors import detector

needs_scanner = pytest.mark.skipif(not BETTERLEAKS.installed, reason="needs the extra muniment[scanner]")
# A process that the kernel (seccomp) kills when it asks for a socket, from any of its threads, in Python or in Go.
NO_SOCKETS = """
import ctypes, struct, sys, time
SYSCALL = {"x86_64": 41, "aarch64": 198}[sys.argv[1]]
load, equal, answer, kill, allow = 0x20, 0x15, 0x06, 0x80000000, 0x7FFF0000
steps = [(load, 0, 0, 0), (equal, 0, 1, SYSCALL), (answer, 0, 0, kill), (answer, 0, 0, allow)]
code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_void_p)]
program, libc = Program(len(steps), ctypes.addressof(code)), ctypes.CDLL(None)
if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, ctypes.byref(program), 0, 0):
    sys.exit("no seccomp here")
"""
SCAN = """
from muniment.store.scanners import scanner
scan = scanner().load()
digits = "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dF3hJ5"
texts = ["ghp_" + digits, "glpat-" + digits[:20], "key = AKIA" + "Q3EGRZ7X2LMNOPB4\\nsecret_access_key = '" + "kJ8fQ2mZ7xP1vR4tY6uW9sD3gH5jL0aBcEnMoTqI'",
         "https://user:Kx9tulpe7q@db.example.org/", "xoxb-123456789012-123456789012-" + digits[:24], "sk_live_" + digits[:24]]
print(sum(len(list(scan(text))) for text in texts))
time.sleep(0.5)
"""


def _without_sockets(then: str) -> subprocess.CompletedProcess[str]:
    run = [sys.executable, "-c", NO_SOCKETS + then, platform.machine()]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    if "no seccomp here" in done.stderr:
        pytest.skip("the kernel takes no filter")
    return done


@needs_scanner
@pytest.mark.skipif(sys.platform != "linux" or platform.machine() not in ("x86_64", "aarch64"), reason="needs seccomp")
def test_no_socket_is_opened_for_what_is_found() -> None:
    assert _without_sockets("import socket; socket.socket()").returncode < 0  # the filter bites
    done = _without_sockets(SCAN)
    assert done.returncode == 0 and int(done.stdout) >= 5, done.stderr


def test_a_policy_with_the_scanner_and_none_installed_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanners, "BETTERLEAKS", replace(BETTERLEAKS, module="no_such_scanner"))
    with pytest.raises(NotFound, match="make scanner"):
        detector(str(tmp_path), "scanner")


@needs_scanner
def test_another_version_is_refused() -> None:
    with pytest.raises(Corrupt, match="what was examined"):
        replace(BETTERLEAKS, version="0.0").load()


@needs_scanner
def test_a_library_from_elsewhere_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BETTERLEAKS_LIB_PATH", "/tmp/other.so")
    with pytest.raises(Corrupt, match="another library"):
        BETTERLEAKS.load()

"""A server process of ours that does not outlive whoever started it, not even when that was killed.

`python -m muniment.server.fastened FD …`: uvicorn with the arguments that follow. FD is the reading end of a pipe, of which only the
starting process holds the writing end. The kernel closes that end with its process, however it dies: reading then meets the end of the
file. Unlike a parent-death signal this is POSIX, asks no thread of the parent to live on, and cannot come too early to be heard.
"""

import os
import signal
import sys
import threading
import time

WORKER = "MUNIMENT_WORKER"  # its process id, in the environment of flow runs
PATIENCE = 3.0  # seconds from asking to end until being ended


def fasten(reading: int, patience: float = PATIENCE) -> None:
    """End this process and its group when the other end of a pipe is closed. The process must lead its group."""
    threading.Thread(target=_watch, args=(reading, patience), daemon=True).start()


def _watch(reading: int, patience: float) -> None:
    while os.read(reading, 1):
        pass
    os.killpg(0, signal.SIGTERM)  # workers of ours are in the group; whoever asked is gone, so there is no long grace
    time.sleep(patience)
    os.killpg(0, signal.SIGKILL)


def fasten_to_worker() -> None:
    """In the process of a flow run: end it when the worker that began it was killed. Prefect starts these, and gives no pipe."""
    worker = int(os.environ.get(WORKER, "0"))
    if worker and worker != os.getpid():
        threading.Thread(target=_await_adoption, args=(worker,), daemon=True).start()


def _await_adoption(worker: int) -> None:
    while os.getppid() == worker:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGKILL)  # what it did is remembered, and the run says that it crashed once its signs of life end


if __name__ == "__main__":
    from uvicorn.main import main

    fasten(int(sys.argv[1]))
    main(sys.argv[2:], prog_name="uvicorn")

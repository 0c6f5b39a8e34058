"""`python -m dlcore.runs`: the supervisor of the store named by DLCORE_STORE or DLCORE_HOME."""

import argparse
import logging
import os
import signal
import sys
import threading

from dlcore.errors import DlcoreError
from dlcore.runs.store import Store
from dlcore.runs.supervisor import Supervisor


def main() -> int:
    """Supervise until SIGTERM, Ctrl-C, or with --attached the end of stdin."""
    parser = argparse.ArgumentParser(prog="python -m dlcore.runs", description="Starts the queued runs of a store.")
    parser.add_argument("--attached", action="store_true", help="leave when stdin ends")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the fork server must have one thread only
    os.environ.setdefault("GOMP_SPINCOUNT", "20000")  # idle threads soon sleep: other processes need the cores too
    try:
        supervisor = Supervisor(Store())
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: supervisor.leaving.set())
        if arguments.attached:
            threading.Thread(target=_wait_for_end, args=(supervisor.leaving,), daemon=True).start()
        supervisor.run()
    except DlcoreError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _wait_for_end(leaving: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    leaving.set()


if __name__ == "__main__":
    sys.exit(main())

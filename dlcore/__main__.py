"""python -m dlcore, and the command `dlcore` of an installed package."""

import os
import signal
import sys
from types import FrameType


def run() -> int:
    """Run the command that the arguments name; the exit status."""
    signal.signal(signal.SIGINT, interrupted)
    from dlcore.cli import main

    return main()


def interrupted(_: int, frame: FrameType | None) -> None:
    """Ctrl+C ends an import at once, as one that is cut short fails in ways of its own; all else can clean up."""
    while frame:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            os.write(2, b"error: interrupted\n")
            os._exit(130)
        frame = frame.f_back
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(run())

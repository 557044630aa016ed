"""Where the command begins and ends: Ctrl-C stops it without a word at any time, also while it is still loading."""

from __future__ import annotations

import os
import signal
import sys

from engine.cli import INTERRUPTED


def _stop(_number: int, _frame: object) -> None:
    os._exit(INTERRUPTED)


def main() -> int:
    """The command line of this process, done; gives the exit code.

    What loads, and what Python does at its end, would tell of an interrupt by a traceback; there is nothing to
    put in order then, so the process is over at once. Only the command itself is told of it, and may finish.
    """
    # A process that is to ignore Ctrl-C, as one that a shell put into the background, still does.
    told = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if told:
        signal.signal(signal.SIGINT, _stop)
    from engine.cli import command

    try:
        if told:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        return command.main()
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        if told:
            signal.signal(signal.SIGINT, _stop)


if __name__ == "__main__":
    sys.exit(main())

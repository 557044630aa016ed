"""``swapscope`` and ``python -m engine.cli``: Ctrl-C ends the command quietly from the very beginning."""

from __future__ import annotations

import os
import signal
import sys

INTERRUPTED = 130


def main() -> int:
    """Run the command. Until it is there, and can end what it began, Ctrl-C just ends the process."""
    begun = signal.getsignal(signal.SIGINT)
    if begun is signal.default_int_handler:  # else it is to be ignored, or somebody else's
        signal.signal(signal.SIGINT, lambda _number, _frame: os._exit(INTERRUPTED))
    from engine.cli import command

    try:
        if begun is signal.default_int_handler:
            signal.signal(signal.SIGINT, begun)
        return command.main()
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())

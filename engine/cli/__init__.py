"""The command line: everything that can be done without a window; Qt is loaded only by commands that draw."""

BAD_INPUT = 2
"""Exit code where something that was given cannot be used."""
INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""

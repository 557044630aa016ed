"""The command line called as a function, as the tests of the commands have it."""

from __future__ import annotations

from tests.engine.cli.conftest import swapscope

__all__ = ["swapscope"]

"""The very beginning of a command."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

INTERRUPTED_WHILE_LOADING = """
import os, signal, sys, time

class Interrupts:
    def find_spec(self, name, path=None, target=None):
        if name == "engine.cli.command":
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(5)

sys.meta_path.insert(0, Interrupts())
from engine.cli.__main__ import main
sys.exit(main())
"""


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is no signal there")
@pytest.mark.parametrize(("handler", "code"), [(signal.default_int_handler, 130), (signal.SIG_IGN, 0)])
def test_ctrl_c_while_the_command_is_loaded_ends_it_quietly_unless_it_is_to_be_ignored(
    handler: object, code: int, checkout: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_WHILE_LOADING.replace("sleep(5)", "sleep(0.2)"), "--version"],
        cwd=checkout, env={**os.environ, "PYTHONPATH": str(checkout)}, capture_output=True, text=True, check=False,
        preexec_fn=lambda: signal.signal(signal.SIGINT, handler),  # type: ignore[arg-type]
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (code, "")

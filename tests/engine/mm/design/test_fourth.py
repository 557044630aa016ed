"""A fourth design is one new file: found, run, named in scenarios and on the command line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

FOURTH = '''"""A design of a student's own: today's, but it names no page while swap is half full."""

from engine.mm.design.legacy import *  # noqa: F403
from engine.mm.image import SWAP_TOTAL, SWAP_USED
from engine.mm.kernel import kernel

NUMBER = 3
NAME = "cautious"


@kernel
def can_name(m):
    """Half of swap is kept for bad days."""
    return m[SWAP_USED] * 2 < m[SWAP_TOTAL]
'''

SCENARIO = """
format = 1
title = "Forty pages in sixteen frames"
[machine]
design = "cautious"
frames = 16
[[machine.swapfile]]
slots = 40
[[process]]
name = "a"
pages = 40
[[run]]
pattern = "sequential"
process = "a"
references = 40
write_share = 1.0
"""


def test_a_fourth_design_is_one_new_file(tmp_path: Path) -> None:
    checkout = Path(__file__).parents[4]
    for folder in ("engine", "assets"):
        shutil.copytree(checkout / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "engine/mm/design/cautious.py").write_text(FOURTH, encoding="utf-8")
    scenario = tmp_path / "four.toml"
    scenario.write_text(SCENARIO, encoding="utf-8")

    def run(*arguments: str) -> dict[str, object]:
        done = subprocess.run(
            [sys.executable, "-m", "engine.cli", "run", str(scenario), "--json", "-", *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        found: dict[str, object] = json.loads(done.stdout)
        return found

    mine, todays = run(), run("--design", "legacy")
    assert mine["design"] == "cautious"
    assert (mine["outcome"], todays["outcome"]) == ("oom", "finished")
    assert mine["gauges"]["swap_total_pages"] == 40  # type: ignore[index]

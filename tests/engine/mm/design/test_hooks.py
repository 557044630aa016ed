"""The seam: every design answers every question, and nothing else asks which design runs."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from engine.mm.design import hooks
from engine.mm.design.hooks import DESIGNS
from engine.mm.image import DESIGN, schema
from tests.engine.mm.machines import build

HOOKS = [name for name in vars(hooks) if hasattr(DESIGNS[0], name) and callable(getattr(DESIGNS[0], name))
         and not name.startswith("_") and getattr(hooks, name).__name__ == "either"]  # fmt: skip


def test_designs_are_found_and_numbered_as_the_setting_has_them() -> None:
    names = [module.NAME for module in DESIGNS]
    assert tuple(names) == schema.setting_for("machine.design").choices
    assert [module.NUMBER for module in DESIGNS] == list(range(len(DESIGNS)))


def test_every_design_has_every_hook_with_the_same_arguments() -> None:
    assert len(HOOKS) >= 14
    for name in HOOKS:
        counts = {len(inspect.signature(getattr(module, name)).parameters) for module in DESIGNS}
        assert len(counts) == 1, name
        assert all(getattr(module, name).__doc__ for module in DESIGNS), name


@pytest.mark.parametrize("design", [module.NUMBER for module in DESIGNS])
def test_a_hook_asks_the_design_the_image_names(design: int) -> None:
    toy = build(design=design)
    assert toy.call(hooks.entry_bytes) == DESIGNS[design].entry_bytes(toy.m)
    assert toy.call(hooks.swapoff_walk) == DESIGNS[design].swapoff_walk(toy.m)
    assert toy.scalar(DESIGN) == design


def test_nothing_outside_the_seam_reads_which_design_runs(checkout: Path) -> None:
    model = checkout / "engine" / "mm"
    asking = [
        source.name
        for source in model.rglob("*.py")
        if re.search(r"m\[(im\.)?DESIGN\]", source.read_text(encoding="utf-8"))
    ]
    assert asking == ["hooks.py"]

"""docs/model.md names functions that are there, and has every setting that a preset sets."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

import engine.metadata
from engine.mm.image import schema
from engine.scenario.kernel import PRESETS


@pytest.fixture
def page(checkout: Path) -> str:
    return (checkout / "docs" / "model.md").read_text(encoding="utf-8")


def test_every_function_of_ours_exists(page: str) -> None:
    named = set(re.findall(r"`((?:design\.)?[a-z_0-9]+\.[a-z_0-9]+)`", page)) | {"design.hooks.can_name"}
    checked = 0
    for name in sorted(named):
        module, _, function = name.rpartition(".")
        if function in ("py", "md", "function") or module in ("machine", "swap"):
            continue
        if module == "metadata":
            assert hasattr(engine.metadata, function), name
        else:
            assert hasattr(importlib.import_module(f"engine.mm.{module}"), function), name
        checked += 1
    assert checked > 60


def test_every_setting_named_exists_and_every_preset_has_its_values(page: str) -> None:
    known = {setting.key for setting in schema.settings}
    for key in re.findall(r"`(machine\.[a-z_.]+)`", page):
        assert key in known, key
    for key in PRESETS["6.18"]:
        line = next(line for line in page.splitlines() if line.startswith(f"| `{key}` |"))
        cells = [cell.strip() for cell in line.strip("|").split("|")][1:4]
        for cell, values in zip(cells, PRESETS.values(), strict=True):
            value = values[key]
            said = {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)
            assert cell == said, (key, cell, said)

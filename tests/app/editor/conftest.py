"""An editor on a file of one's own, closed without a question at the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from shiboken6 import isValid

from app.editor import checker
from app.editor.opening import editor_of, new_editor
from app.settings import Settings
from tests.app.editor.hands import WORKLOAD

TEXT = """\
# Mine.
format = 1
title = "mine"
seed = 1

[machine]
design = "swap_desc"
frames = 64                 # few

[machine.zswap]
enabled = true

[[machine.swapfile]]
name = "swap0"
slots = 100

[[process]]
name = "editor"
pages = 40

[[process]]
name = "shell"
pages = 24

# first
[[run]]
pattern = "sequential"
process = "editor"
references = 40

[[run]]
mark = "filled"

# last
[[run]]
pattern = "zipf"
process = "shell"
references = 90
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "mine.toml"
    made.write_bytes(TEXT.encode())
    return made


@pytest.fixture
def open_editor(qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Opens editors; None as path: a new scenario. They check sooner than for a person who still types."""
    monkeypatch.setattr(checker, "PAUSE", 0.01)
    settings = Settings(tmp_path / "settings")
    made: list[Any] = []

    def start(path: Path | None, checked: bool = True) -> Any:
        editor = editor_of(path, settings) if path is not None else new_editor(settings)
        made.append(editor)
        editor.show()
        if checked:
            wait_checked(qtbot, editor)
        return editor

    yield start
    for editor in made:
        if isValid(editor):
            editor.discard()


def wait_checked(qtbot: Any, editor: Any) -> None:
    """Until the newest text has been checked."""
    qtbot.waitUntil(
        lambda: editor.checked is not None and editor.checked.text == editor.document.text, timeout=20_000
    )


@pytest.fixture
def checked(qtbot: Any) -> Any:
    return lambda editor: wait_checked(qtbot, editor)


@pytest.fixture
def editor(open_editor: Any, file: Path) -> Any:
    return open_editor(file)


@pytest.fixture
def workload(editor, qtbot):
    editor.tabs.setCurrentIndex(WORKLOAD)
    return editor.workload

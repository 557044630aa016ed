"""Going about in the editor: from a problem to its field and line, from a part to its text, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.editor.parts import PartsEditor
from app.editor.tree import INSIDE
from engine.errors import Problem
from engine.scenario.positions import Path as KeyPath
from engine.scenario.positions import key_lines, line_of

if TYPE_CHECKING:
    from app.editor.window import EditorWindow

WORKLOAD: tuple[KeyPath, ...] = (("process",), ("shmem",), ("run",), ("shock",), ("check",))
LESSON: tuple[KeyPath, ...] = (("step",), ("vary",), ("assignment",))
"""Arrays of tables, and the table of which there is only one, that the pages of parts show."""


class Going(QObject):
    """Brings one editor's forms and text to the same place."""

    def __init__(self, window: EditorWindow) -> None:
        super().__init__(window)
        self._window = window
        self._lit: KeyPath = ()
        """The part whose line the text was last brought to."""
        self._went = False
        """Some problem was gone to already."""

    def go_to(self, problem: Problem) -> None:
        """To the field that a problem is about, and to its line in the text."""
        window = self._window
        if problem.key is None or not self.reveal(problem.key):
            window.text.go_to(problem.line or 1)
        elif problem.line is not None:
            window.text.show_line(problem.line)

    def reveal(self, key: str) -> bool:
        """To the field of a dotted key; False when no form has it."""
        window = self._window
        if window.document.trouble is not None:
            return False
        path: KeyPath = tuple(int(part) if part.isdecimal() else part for part in key.split("."))
        for tab, parts, arrays in ((1, window.machine.swapfiles, (("machine", "swapfile"),)),
                                   (2, window.workload, WORKLOAD), (3, window.lesson, LESSON)):  # fmt: skip
            if not any(path[: len(array)] == array for array in arrays):
                continue
            window.tabs.setCurrentIndex(tab)
            element = element_of(path)
            parts.tree.choose(element)
            row = parts.form.row_at(key) if parts.form is not None and parts.tree.path == element else None
            if row is not None:
                row.focus()
            return row is not None
        machine_row = window.machine.row_at(key)
        if machine_row is not None:
            window.tabs.setCurrentIndex(1)
            window.machine.reveal(machine_row)
            return True
        row = window.scenario.row_at(key)
        if row is not None:
            window.tabs.setCurrentIndex(0)
            row.focus()
        return row is not None

    def next_problem(self) -> None:
        """To the next thing that is wrong, beginning again after the last."""
        window = self._window
        if window.problems:
            window.list.setCurrentRow((window.list.currentRow() + 1) % window.list.count() if self._went else 0)
            self._went = True
            self.go_to(window.problems[window.list.currentRow()])

    def show_in_text(self) -> None:
        """The keyboard into the text, at what is chosen among the parts."""
        window = self._window
        parts = window.tabs.currentWidget()
        path = parts.tree.path if isinstance(parts, PartsEditor) else None
        line = line_of(key_lines(window.document.text), path) if path else None
        window.text.go_to(line) if line is not None else window.text.setFocus()

    def light(self, path: KeyPath) -> None:
        """A part was chosen: its references in the preview, and its line in the text."""
        window = self._window
        part = path[1] if path[0] == "run" and len(path) > 1 else None
        window.preview.light(part if isinstance(part, int) else None)
        if path == self._lit or window.text.hasFocus():
            return  # the pane itself shows what is typed in a form
        self._lit = path
        line = line_of(key_lines(window.document.text), path)
        if line is not None:
            window.text.show_line(line)

    def follow(self, line: int) -> None:
        """The part whose line the cursor in the text has come to, on the page of parts that is shown."""
        window = self._window
        parts = window.tabs.currentWidget()
        if not isinstance(parts, PartsEditor) or window.document.trouble is not None:
            return
        lines, arrays = key_lines(window.document.text), WORKLOAD if parts is window.workload else LESSON
        before = [(at, path) for path, at in lines.items() if at <= line and path[:1] in arrays and len(path) > 1]
        if before:
            parts.tree.choose(element_of(max(before, key=lambda found: (found[0], len(found[1])))[1]))

    def choose_part(self, part: int) -> None:
        """To the part of the run with this number, which was chosen in the preview."""
        window = self._window
        if window.document.trouble is None:
            window.tabs.setCurrentIndex(2)
            window.workload.tree.choose(("run", part))
            window.workload.tree.setFocus()


def element_of(path: KeyPath) -> KeyPath:
    """The part that a key belongs to: up to its last index that counts elements of an array of tables."""
    if path[:2] == ("machine", "swapfile"):
        return path[:3]
    inner = {name for names in INSIDE.values() for name in names}
    end = 1 if path[:1] == ("assignment",) else 2
    while path[end : end + 1] and path[end] in inner and len(path) > end + 1:
        end += 2
    return path[:end]

"""What can be added to a scenario, as the menus of the workload and of the lesson offer it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QMenu

from app.editor.mistakes import tr
from engine.scenario.lesson import QUESTION_KINDS
from engine.scenario.parts import new_element, new_part, new_question, run_choices
from engine.scenario.positions import Path

if TYPE_CHECKING:
    from app.editor.parts import PartsEditor


def offer_workload(editor: PartsEditor) -> None:
    """Steps of the run, those inside what is chosen first; processes, shared memory, shocks and checks."""
    path = editor.tree.path or ()
    words = run_choices()
    array, together = _run_of(path), _together(editor, path)
    if together is not None:
        _words(editor, tr("Pattern, at the same time"), "pattern", words["pattern"], together)
        editor.menu.addSeparator()
    if path[:1] == ("shock",) and len(path) > 1:
        _words(editor, tr("Pattern, beside all that follows"), "pattern", words["pattern"], (*path[:2], "beside"))
    _words(editor, tr("Pattern of references"), "pattern", words["pattern"], array)
    _words(editor, tr("Operation"), "op", words["op"], array)
    for text, kind in ((tr("Recording…"), "trace"), (tr("Mark"), "mark"), (tr("Change of a setting"), "set"),
                       (tr("Several at the same time"), "parallel")):  # fmt: skip
        _action(editor, text, array, partial(new_part, editor.document.data, kind))
    editor.menu.addSeparator()
    _element(editor, tr("Process"), ("process",))
    if path[:1] == ("process",) and len(path) > 1:
        name = editor.document.value((*path[:2], "name"))
        _element(editor, tr("Region of {process}").format(process=name), (*path[:2], "regions"))
    _element(editor, tr("Shared memory"), ("shmem",))
    _element(editor, tr("Something in between"), ("shock",))
    _element(editor, tr("Check"), ("check",))


def offer_lesson(editor: PartsEditor) -> None:
    """Steps, questions of the step that is chosen, options of its question; what varies; homework."""
    path = editor.tree.path or ()
    _element(editor, tr("Step"), ("step",))
    if path[:1] == ("step",) and len(path) > 1:
        menu = editor.menu.addMenu(tr("Question of this step"))
        names = {"choice": tr("one of several statements"), "number": tr("a number"),
                 "click": tr("a click on the machine"), "order": tr("things put in order"),
                 "pte": tr("a page-table entry filled in"), "next": tr("what happens next")}  # fmt: skip
        for kind in QUESTION_KINDS:
            made = partial(new_question, editor.document.data, kind)
            menu.addAction(names[kind]).triggered.connect(partial(_add, editor, (*path[:2], "question"), made))
    if path[2:3] == ("question",) and editor.document.value((*path[:4], "kind")) == "choice":
        _element(editor, tr("Statement to choose"), (*path[:4], "option"))
    editor.menu.addSeparator()
    _element(editor, tr("Something that varies"), ("vary",))
    editor.menu.addSeparator()
    if editor.document.value(("assignment",)) is None:
        begin = editor.menu.addAction(tr("Homework"))
        begin.triggered.connect(lambda _on=False: editor.begin_table(("assignment", "task"), tr("What is to be done.")))
    else:
        _element(editor, tr("What students may change"), ("assignment", "may_change"))
        _element(editor, tr("What is to be reached"), ("assignment", "check"))


def _words(editor: PartsEditor, title: str, kind: str, words: Sequence[str], array: Path) -> None:
    menu: QMenu = editor.menu.addMenu(title)
    for word in words:
        made = partial(new_part, editor.document.data, kind, word)
        menu.addAction(word).triggered.connect(partial(_add, editor, array, made))


def _element(editor: PartsEditor, text: str, array: Path) -> None:
    _action(editor, text, array, partial(new_element, editor.document.data, array))


def _action(editor: PartsEditor, text: str, array: Path, made: Any) -> None:
    editor.menu.addAction(text).triggered.connect(partial(_add, editor, array, made))


def _add(editor: PartsEditor, array: Path, made: Any, _on: bool = False) -> None:
    editor.insert(array, made())


def _together(editor: PartsEditor, path: Path) -> Path | None:
    """The array of parts that happen at the same time, where one of them or the whole is chosen."""
    if "parallel" in path:
        return path[: path.index("parallel") + 1]
    there = path and isinstance(path[-1], int) and editor.document.value((*path, "parallel")) is not None
    return (*path, "parallel") if there else None


def _run_of(path: Path) -> Path:
    """The array that a step of the run is added to: that of the shock that is chosen, or the run's own."""
    return (*path[:2], "run") if path[:1] == ("shock",) and len(path) > 1 else ("run",)

"""The editor's window: forms on the left, the text on the right, the run's references and what is wrong below."""

from __future__ import annotations

import re
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QIcon
from PySide6.QtWidgets import (
    QFileDialog,
    QMainWindow,
    QMessageBox,
    QSplitter,
    QTabWidget,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from app import actions, theme
from app.arrangements import as_text, from_text
from app.editor import drafts
from app.editor.checker import MOST_DRAWN, Checked, Checker
from app.editor.commands import COMMANDS, MENUS, TOOLBAR
from app.editor.document import UNTITLED, Document
from app.editor.find import FindLine
from app.editor.form import Form
from app.editor.machine import MachinePage
from app.editor.mistakes import sentence
from app.editor.notice import Notice
from app.editor.parts import PartsEditor
from app.editor.preview import PreviewStrip
from app.editor.problem_list import ProblemList
from app.editor.text import TextPane
from app.file_watch import FileWatch
from app.numbers import count
from app.panels.widgets import Text, column_of, row_of, scrolled
from app.refusal import refusal
from engine.errors import InputError, Problem
from engine.resources import scenarios_dir
from engine.scenario import forms
from engine.scenario.model import Scenario
from engine.scenario.positions import Path as KeyPath
from engine.scenario.positions import key_lines, line_of
from engine.scenario.traces import with_traces_from

if TYPE_CHECKING:
    from app.settings import Settings

WORKLOAD: tuple[KeyPath, ...] = (("process",), ("shmem",), ("run",), ("shock",), ("check",))
_MNEMONIC = re.compile(r"\(&.\)|&|…")
DRAFT_MS = 1000
"""A draft is written when nothing was typed for so long."""
FIRST_SIZE = QSize(1280, 800)


class EditorWindow(QMainWindow):
    """One document in its window."""

    run_wanted = Signal(object, bool)
    """A file to be shown in the main window, and whether it is a saved one, to be remembered."""
    new_wanted = Signal()
    open_wanted = Signal(object)
    closed = Signal()

    def __init__(self, document: Document, settings: Settings) -> None:
        super().__init__()
        self.setObjectName("editor")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.document = document
        document.setParent(self)
        self.problems: tuple[Problem, ...] = ()
        self.checked: Checked | None = None
        """What was found about the newest text that was checked."""
        self._settings = settings
        self._own_folder: Path | None = None
        self._run_when_checked = False
        self._asks = True
        """Before something is lost."""
        self._went = False
        """Some problem was gone to already."""
        self._drafts = drafts.DraftKeeper()
        self._draft_due = QTimer(self)
        self._draft_due.setSingleShot(True)
        self._draft_due.setInterval(DRAFT_MS)
        self._draft_due.timeout.connect(self._keep_draft)
        self._watch = FileWatch(self)
        self._watch.saved.connect(self._file_changed)
        self.checker = Checker(self)
        self.actions_by_name = actions.build(self, COMMANDS)
        actions.fill_menus(self, self.actions_by_name, {}, MENUS)
        self._build()
        self._connect()
        self._restore_layout()
        self._dress()
        self._show_document()
        self._show_place()
        self.text.show_line(1)

    # -- building -----------------------------------------------------------------------------

    def _build(self) -> None:
        self.text = TextPane(self.document)
        self.finder = FindLine(self.text)
        about = [field for field in forms.fields_of(Scenario) if field.key not in ("format", "lesson")]
        self.scenario = Form(self.document, about)
        self.machine = MachinePage(self.document)
        self.workload = PartsEditor(self.document, WORKLOAD, self.tr("Parts of the workload"), beside=True)
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName(self.tr("Forms"))
        page = QWidget()
        column = column_of(page, 4, 12)
        column.addWidget(self.scenario)
        hint = self.tr("The lesson, its steps and questions, and an assignment are written in the text on the right.")
        column.addWidget(Text(hint, 12, colour="dim", wrap=True))
        column.addStretch(1)
        holder = QWidget()
        inside = column_of(holder, 0, 8)
        inside.addWidget(self.workload)
        for content in (scrolled(page), self.machine, holder):
            self.tabs.addTab(content, "")
        self.bad = Notice()
        self.notice = Notice()
        self.preview = PreviewStrip()
        self.list = ProblemList()
        left = QWidget()
        forms_column = column_of(left, 4, 0)
        forms_column.addWidget(self.bad)
        forms_column.addWidget(self.tabs, 1)
        self.across = QSplitter(Qt.Orientation.Horizontal)
        self.across.addWidget(left)
        right = QWidget()
        text_column = column_of(right, 0, 0)
        text_column.addWidget(self.finder)
        text_column.addWidget(self.text, 1)
        self.across.addWidget(right)
        self.across.setSizes([theme.px(720), theme.px(540)])
        self.across.setChildrenCollapsible(False)
        self.down = QSplitter(Qt.Orientation.Vertical)
        self.down.addWidget(self.across)
        self.down.addWidget(self.preview)
        self.down.setStretchFactor(0, 1)
        self.down.setSizes([theme.px(560), theme.px(130)])
        self.down.setChildrenCollapsible(False)
        self.state = Text("", 12, colour="dim")
        body = QWidget()
        outer = QVBoxLayout(body)
        outer.setContentsMargins(theme.px(8), 0, theme.px(8), theme.px(4))
        outer.setSpacing(theme.px(6))
        outer.addWidget(self.notice)
        outer.addWidget(self.down, 1)
        outer.addWidget(self.list)
        outer.addLayout(row_of(self.state, 1))
        self.setCentralWidget(body)
        self._build_bar()

    def _build_bar(self) -> None:
        bar = QToolBar(self.tr("Editor"))
        bar.setObjectName("editor_bar")
        bar.setMovable(False)
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        for name in TOOLBAR:
            if name == actions.SEPARATOR:
                bar.addSeparator()
            else:
                bar.addAction(self.actions_by_name[name])
        run = bar.widgetForAction(self.actions_by_name["editor_run"])
        run.setProperty("primary", True)
        self.addToolBar(Qt.ToolBarArea.TopToolBarArea, bar)
        self.place = Text("", 12.5, colour="dim")
        bar.addSeparator()
        bar.addWidget(self.place)

    def _connect(self) -> None:
        document, stack = self.document, self.document.stack
        document.changed.connect(self._show_document)
        document.placed.connect(self._show_place)
        stack.indexChanged.connect(self._show_steps)
        self.checker.checked.connect(self._show_checked)
        self.text.undo_requested.connect(stack.undo)
        self.text.redo_requested.connect(stack.redo)
        self.workload.chosen.connect(self._light)
        self.workload.trace_wanted.connect(self.ask_for_trace)
        self.text.line_entered.connect(self._follow)
        self.preview.part_chosen.connect(self._choose_part)
        self.list.chosen.connect(self.go_to)
        theme.switch().changed.connect(self._dress)

    # -- showing ------------------------------------------------------------------------------

    def _show_document(self) -> None:
        """The forms as the text is now, and have it checked."""
        readable = self.document.trouble is None
        self.tabs.setEnabled(readable)
        if readable:
            self.bad.hide()
            self.scenario.show_table((), self.problems)
            self.machine.show_document()
            self.workload.show_document()
        elif self.document.trouble is not None:
            line = self.document.trouble.line or 1
            said = self.tr("The forms wait: line {line} of the text cannot be read.").format(line=line)
            self.bad.say(said, (self.tr("Go there"), lambda: self.text.go_to(line)))
        self._show_steps()
        self._draft_due.start()
        self.checker.check(self.document.text, self.folder() / self.document.name)

    def _show_checked(self, checked: Checked) -> None:
        if checked.text != self.document.text:
            return
        self.checked, self.problems = checked, checked.problems
        self.text.show_problems(self.problems)
        self.scenario.show_table((), self.problems)
        self.machine.show_problems(self.problems)
        self.workload.show_problems(self.problems)
        self.list.show_problems(self.problems)
        note = ""
        if checked.references > MOST_DRAWN:
            note = self.tr("More than {number} references: too many to be drawn while they are edited")
            note = note.format(number=count(MOST_DRAWN))
        self.preview.show_map(checked.map, note)
        number = len(self.problems)
        if not number:
            said = self.tr("Nothing is wrong.")
        else:
            said = self.tr("One thing is wrong.") if number == 1 else self.tr("{n} things are wrong.").format(n=number)
        self.state.show_text(said)
        self.state.set_colour("danger" if number else "dim")
        for place, wrong in enumerate(self._wrong_tabs()):
            self.tabs.setTabIcon(place, actions.icon("mdi6.alert-circle", theme.current().danger) if wrong else
                                 QIcon())  # fmt: skip
        if self._run_when_checked:
            self._run_when_checked = False
            self.run()

    def _wrong_tabs(self) -> tuple[bool, bool, bool]:
        """Which of the pages have a field at which something is wrong."""
        keys = [problem.key or "" for problem in self.problems]
        tops = {key.partition(".")[0] for key in keys}
        return (
            any(self.scenario.row_at(key) is not None for key in keys if key),
            "machine" in tops, bool(tops & {path[0] for path in WORKLOAD}),
        )  # fmt: skip

    def _show_steps(self, _index: int = 0) -> None:
        stack = self.document.stack
        for name, can, of in (("editor_undo", stack.canUndo(), stack.undoText()),
                              ("editor_redo", stack.canRedo(), stack.redoText())):  # fmt: skip
            action = self.actions_by_name[name]
            action.setEnabled(can)
            spec = next(spec for spec in COMMANDS if spec.name == name)
            keys = ", ".join(spec.keys)
            tip = f"{self.tr(spec.text).replace('&', '')}: {of}" if of else self.tr(spec.tip)
            action.setToolTip(f"{tip}  [{keys}]")
            action.setStatusTip(of)
        self.setWindowModified(self.document.dirty)
        self.actions_by_name["editor_save"].setEnabled(self.document.dirty or self.document.path is None)

    def _show_place(self) -> None:
        """The file this is, in the title and the bar."""
        document = self.document
        self.setWindowTitle(self.tr("{name}[*] · Editor").format(name=document.name))
        self.place.show_text(str(document.path) if document.path else self.tr("not saved yet"))
        if self.of_library:
            self.place.show_text(self.tr("{name} comes with Swapscope: Save keeps a copy").format(name=document.name))
        self.place.setToolTip(str(document.path or ""))
        if document.path is not None:
            self._watch.watch(document.path)
        self._show_steps()
        if not document.dirty:
            self._drafts.drop()

    @property
    def of_library(self) -> bool:
        """The file comes with Swapscope and is not to be changed."""
        path = self.document.path
        return path is not None and path.resolve().is_relative_to(scenarios_dir().resolve())

    def folder(self) -> Path:
        """Where the file is; where it would be saved, before it is."""
        if self.document.path is not None:
            return self.document.path.parent
        return self._own_folder or own_folder(self._settings)

    # -- going about --------------------------------------------------------------------------

    def go_to(self, problem: Problem) -> None:
        """To the field that a problem is about, and to its line in the text."""
        if problem.key is None or not self.reveal(problem.key):
            self.text.go_to(problem.line or 1)
        elif problem.line is not None:
            self.text.show_line(problem.line)

    def reveal(self, key: str) -> bool:
        """To the field of a dotted key; False when no form has it."""
        if self.document.trouble is not None:
            return False
        path: KeyPath = tuple(int(part) if part.isdecimal() else part for part in key.split("."))
        parts = self.machine.swapfiles if path[:2] == ("machine", "swapfile") else self.workload
        if path[:2] == ("machine", "swapfile") or path[0] in {array[0] for array in WORKLOAD}:
            self.tabs.setCurrentIndex(1 if parts is self.machine.swapfiles else 2)
            element = _element(path)
            parts.tree.choose(element)
            row = parts.form.row_at(key) if parts.form is not None and parts.tree.path == element else None
            if row is not None:
                row.focus()
            return row is not None
        machine_row = self.machine.row_at(key)
        if machine_row is not None:
            self.tabs.setCurrentIndex(1)
            self.machine.reveal(machine_row)
            return True
        row = self.scenario.row_at(key)
        if row is not None:
            self.tabs.setCurrentIndex(0)
            row.focus()
        return row is not None

    def next_problem(self) -> None:
        """To the next thing that is wrong, beginning again after the last."""
        if self.problems:
            self.list.setCurrentRow((self.list.currentRow() + 1) % self.list.count() if self._went else 0)
            self._went = True
            self.go_to(self.problems[self.list.currentRow()])

    def show_in_text(self) -> None:
        """The keyboard into the text, at what is chosen in the workload."""
        path = self.workload.tree.path if self.tabs.currentIndex() == 2 else None
        line = line_of(key_lines(self.document.text), path) if path else None
        self.text.go_to(line) if line is not None else self.text.setFocus()

    def _light(self, path: KeyPath) -> None:
        part = path[1] if path[0] == "run" and len(path) > 1 else None
        self.preview.light(part if isinstance(part, int) else None)
        line = line_of(key_lines(self.document.text), path)
        if line is not None and not self.text.hasFocus():
            self.text.show_line(line)

    def _follow(self, line: int) -> None:
        """The part of the workload whose line the cursor has come to."""
        if self.tabs.currentIndex() != 2 or self.document.trouble is not None:
            return
        lines = key_lines(self.document.text)
        before = [(at, path) for path, at in lines.items() if at <= line and path[:1] in WORKLOAD and len(path) > 1]
        if before:
            self.workload.tree.choose(_element(max(before, key=lambda found: (found[0], len(found[1])))[1]))

    def _choose_part(self, part: int) -> None:
        if self.document.trouble is None:
            self.tabs.setCurrentIndex(2)
            self.workload.tree.choose(("run", part))
            self.workload.tree.setFocus()

    def ask_for_trace(self, path: KeyPath) -> None:
        """Choose the file of a recording for a part of the run."""
        kinds = self.tr("Recordings (*.swt *.txt);;All files (*)")
        chosen, _ = QFileDialog.getOpenFileName(self, self.tr("Recording"), str(self.folder()), kinds)
        if chosen:
            name = with_traces_from(f'[[run]]\ntrace = "{Path(chosen).as_posix()}"\n', self.folder(), self.folder())
            self.document.set((*path, "trace"), name.split('"')[1])

    # -- the file -----------------------------------------------------------------------------

    def ask_and_open(self) -> None:
        """Another file, in an editor of its own."""
        kinds = self.tr("Scenarios (*.toml)")
        chosen, _ = QFileDialog.getOpenFileName(self, self.tr("Open"), str(self.folder()), kinds)
        if chosen:
            self.open_wanted.emit(Path(chosen))

    def save(self) -> bool:
        """Write the file; a scenario that comes with Swapscope and one without a file are asked a place for."""
        path = self.document.path
        if path is None or self.of_library:
            return self.ask_and_save()
        if self.document.differs_on_disk() and not self._may_overwrite(path):
            return False
        return self._write(path)

    def ask_and_save(self) -> bool:
        """Ask for a file and write it; the editor goes on with that one."""
        folder = own_folder(self._settings) if self.of_library else self.folder()
        start = folder / (self._suggested() if self.document.path is None else self.document.name)
        kinds = self.tr("Scenarios (*.toml)")
        chosen, _ = QFileDialog.getSaveFileName(self, self.tr("Save scenario"), str(start), kinds)
        if not chosen:
            return False
        path = Path(chosen)
        return self._write(path if path.suffix else path.with_suffix(".toml"))

    def _write(self, path: Path) -> bool:
        if path.resolve().is_relative_to(scenarios_dir().resolve()):
            said = self.tr("The scenarios that come with Swapscope stay as they are. Choose a folder of your own.")
            QMessageBox.information(self, self.tr("Save scenario"), said)
            return False
        old = self.document.path
        if old is not None and old.parent.resolve() != path.parent.resolve():
            text = with_traces_from(self.document.text, old.parent, path.parent)
            self.document.change(text, self.tr("Name the recordings as {folder} sees them").format(
                folder=path.parent.name))  # fmt: skip
        try:
            self.document.save(path)
        except InputError as error:
            QMessageBox.warning(self, self.tr("Save scenario"), refusal(error))
            return False
        self._settings.set("own_folder", str(path.parent))
        self.notice.hide()
        self.state.show_text(self.tr("Saved {name}").format(name=path))
        return True

    def _may_overwrite(self, path: Path) -> bool:
        said = self.tr("{name} was changed by another program since it was read. Write over it?")
        answer = QMessageBox.question(self, self.tr("Save scenario"), said.format(name=path.name))
        return answer == QMessageBox.StandardButton.Yes

    def _suggested(self) -> str:
        """A name for a file, made from the scenario's title."""
        title = self.document.data.get("title")
        words = "".join(letter if letter.isalnum() else " " for letter in title) if isinstance(title, str) else ""
        return "-".join(words.lower().split())[:60] + ".toml" if words.split() else UNTITLED

    def _file_changed(self) -> None:
        """Another program has saved the file."""
        if not self.document.differs_on_disk():
            return
        if not self.document.dirty:
            self._read_again()
            return
        said = self.tr("Another program has changed {name}.").format(name=self.document.name)
        self.notice.say(said, (self.tr("Take its text"), self._read_again), (self.tr("Keep mine"), lambda: None))

    def _read_again(self) -> None:
        try:
            self.document.read_again()
        except InputError as error:
            self.notice.say(sentence(error.problems[0]))

    def run(self) -> None:
        """Show it in the main window: the file, or where it is not saved, a copy of the text. Only what is right is."""
        if self.checked is None or self.checked.text != self.document.text:
            self._run_when_checked = True
            return
        if self.problems:
            self.state.show_text(self.tr("It cannot run yet: {problem}").format(problem=sentence(self.problems[0])))
            self.go_to(self.problems[0])
            return
        path = self.document.path
        if path is not None and not self.document.dirty:
            self.run_wanted.emit(path, True)
            return
        try:
            self.run_wanted.emit(drafts.write_trial(path, self.document.text, self._suggested()), False)
        except InputError as error:
            QMessageBox.warning(self, self.tr("Run it"), refusal(error))

    # -- drafts and the end -------------------------------------------------------------------

    def offer_templates(self, texts: dict[str, str]) -> None:
        """Offer other beginnings than the one that is shown: texts by ``lesson`` and ``assignment``."""
        said = self.tr("This is a small machine with one program: change it as you like, or begin with more.")
        self.notice.say(
            said,
            (self.tr("A lesson"), lambda: self.document.change(texts["lesson"], self.tr("Begin a lesson"))),
            (self.tr("Homework"), lambda: self.document.change(texts["assignment"], self.tr("Begin homework"))),
        )

    def offer_drafts(self) -> None:
        """Offer the newest draft that was left behind for this file."""
        path = self.document.path
        for draft in drafts.left_behind():
            if draft.path == path and draft.text != self.document.text:
                when = time.strftime("%Y-%m-%d %H:%M", time.localtime(draft.when))
                said = self.tr("Changes of {when} were not saved.").format(when=when)
                self.notice.say(said, (self.tr("Take them back up"), partial(self._restore, draft)),
                                (self.tr("Throw them away"), partial(drafts.forget, draft)))  # fmt: skip
                return

    def _restore(self, draft: drafts.Draft) -> None:
        self.document.change(draft.text, self.tr("Take unsaved changes back up"))
        self._keep_draft()
        drafts.forget(draft)

    def _keep_draft(self) -> None:
        if self.document.dirty:
            self._drafts.keep(self.document.path, self.document.text)
        else:
            self._drafts.drop()

    def may_close(self) -> bool:
        """Nothing would be lost, or the person wants it so; asks."""
        if not self.document.dirty or not self._asks:
            return True
        box = QMessageBox.StandardButton
        said = self.tr("{name} has changes that are not saved.").format(name=self.document.name)
        answer = QMessageBox.question(self, self.tr("Close the editor"), said, box.Save | box.Discard | box.Cancel,
                                      box.Save)  # fmt: skip
        return self.save() if answer == box.Save else answer == box.Discard

    def discard(self) -> None:
        """Close without a question: what is not saved is gone."""
        self._asks = False
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about what is not saved, and end the thread."""
        if not self.may_close():
            event.ignore()
            return
        self._draft_due.stop()
        self._watch.stop()
        self._drafts.drop()
        self.checker.close()
        self._settings.set("editor_layout", [as_text(self.saveGeometry()), as_text(self.across.saveState()),
                                             as_text(self.down.saveState())])  # fmt: skip
        self.closed.emit()
        super().closeEvent(event)

    def _restore_layout(self) -> None:
        self.resize(FIRST_SIZE.boundedTo(self.screen().availableSize()))
        kept = [from_text(text) if isinstance(text, str) else None for text in self._settings.get("editor_layout")]
        for state, restore in zip(kept, (self.restoreGeometry, self.across.restoreState, self.down.restoreState)):
            if state is not None:
                restore(state)

    def _dress(self) -> None:
        actions.dress(self.actions_by_name, COMMANDS)
        self.actions_by_name["editor_run"].setIcon(actions.icon("mdi6.play", theme.current().on_accent))
        for name in TOOLBAR:
            if name != actions.SEPARATOR:  # buttons have no key in brackets
                action = self.actions_by_name[name]
                action.setIconText(_MNEMONIC.sub("", action.text()))
        for place, title in enumerate((self.tr("Scenario"), self.tr("Machine"), self.tr("Workload"))):
            self.tabs.setTabText(place, title)
        self.workload.show_document()
        self._show_place()


def own_folder(settings: Settings) -> Path:
    """Where a person keeps scenarios: where one was saved last, else the home folder."""
    kept = settings.get("own_folder")
    return Path(kept) if kept and Path(kept).is_dir() else Path.home()


def _element(path: KeyPath) -> KeyPath:
    """The part that a key belongs to: up to its last index that counts elements of an array of tables."""
    if path[:2] == ("machine", "swapfile"):
        return path[:3]
    end = 2
    while path[end : end + 1] and path[end] in ("regions", "parallel", "run") and len(path) > end + 1:
        end += 2
    return path[:end]

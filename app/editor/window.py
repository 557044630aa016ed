"""The editor's window: forms on the left, the text on the right, the run's references and what is wrong below."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
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
from app.editor import drafts
from app.editor.additions import offer_lesson, offer_workload
from app.editor.checker import MOST_DRAWN, Checked, Checker
from app.editor.commands import COMMANDS, MENUS, TOOLBAR
from app.editor.document import Document
from app.editor.find import FindLine
from app.editor.form import Form
from app.editor.going import LESSON, WORKLOAD, Going
from app.editor.keeping import Keeping
from app.editor.machine import MachinePage
from app.editor.mistakes import Mistakes
from app.editor.notice import Notice
from app.editor.parts import PartsEditor
from app.editor.preview import PreviewStrip
from app.editor.problem_list import ProblemList
from app.editor.text import TextPane
from app.panels.widgets import Text, column_of, row_of, scrolled
from app.shell.arrangements import as_text, from_text
from app.words.numbers import count
from app.words.refusal import refusal, sentence
from engine.errors import InputError, Problem
from engine.scenario import forms
from engine.scenario.model import Scenario
from engine.scenario.positions import Path as KeyPath
from engine.scenario.traces import with_traces_from

if TYPE_CHECKING:
    from app.settings import Settings

_MNEMONIC = re.compile(r"\(&.\)|&|…")
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
        self.mistakes = Mistakes()
        self.checked: Checked | None = None
        """What was found about the newest text that was checked."""
        self._settings = settings
        self._run_when_checked = False
        self._asks = True
        """Before something is lost."""
        self.keeping = Keeping(self, settings)
        self.going = Going(self)
        self.checker = Checker(self)
        self.actions_by_name = actions.build(self, COMMANDS)
        actions.fill_menus(self, self.actions_by_name, {}, MENUS)
        self._build()
        self._connect()
        self._restore_layout()
        self._dress()
        self._show_document()
        self._show_place()
        self.keeping.show_place()
        self.text.show_line(1)

    # -- building -----------------------------------------------------------------------------

    def _build(self) -> None:
        self.text = TextPane(self.document)
        self.finder = FindLine(self.text)
        about = [field for field in forms.fields_of(Scenario) if field.key != "format"]
        self.scenario = Form(self.document, about)
        self.machine = MachinePage(self.document)
        self.workload = PartsEditor(self.document, WORKLOAD, self.tr("Parts of the workload"), True, offer_workload)
        self.lesson = PartsEditor(self.document, LESSON, self.tr("Parts of the lesson"), True, offer_lesson)
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName(self.tr("Forms"))
        page = QWidget()
        column = column_of(page, 4, 12)
        column.addWidget(self.scenario)
        column.addStretch(1)
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
        # The pages come last: with each parent that they get, every field in them is dressed anew.
        for content in (scrolled(page), self.machine, self.workload, self.lesson):
            if isinstance(content, PartsEditor):
                content.layout().setContentsMargins(*(theme.px(8),) * 4)
            self.tabs.addTab(content, "")

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
        document, steps = self.document, self.document.steps
        document.changed.connect(self._show_document)
        document.placed.connect(self._show_place)
        steps.moved.connect(self._show_steps)
        self.checker.checked.connect(self._show_checked)
        self.text.undo_requested.connect(steps.undo)
        self.text.redo_requested.connect(steps.redo)
        self.workload.chosen.connect(self.going.light)
        self.lesson.chosen.connect(self.going.light)
        self.workload.trace_wanted.connect(self.ask_for_trace)
        self.text.line_entered.connect(self.going.follow)
        self.preview.part_chosen.connect(self.going.choose_part)
        self.list.chosen.connect(self.going.go_to)
        theme.switch().changed.connect(self._dress)

    # -- showing ------------------------------------------------------------------------------

    def _show_document(self) -> None:
        """The forms as the text is now, and have it checked."""
        readable = self.document.trouble is None
        self.tabs.setEnabled(readable)
        if self.document.waiting:
            pass  # it is told once more when the text has been read
        elif readable:
            self.bad.hide()
            self.scenario.show_table((), self.mistakes)
            self.machine.show_document()
            self.workload.show_document()
            self.lesson.show_document()
        elif self.document.trouble is not None:
            line = self.document.trouble.line or 1
            said = self.tr("The forms wait: line {line} of the text cannot be read.").format(line=line)
            self.bad.say(said, (self.tr("Go there"), lambda: self.text.go_to(line)))
        self._show_steps()
        self.checker.check(self.document.text, self.keeping.folder() / self.document.name)

    def _show_checked(self, checked: Checked) -> None:
        if checked.text != self.document.text:
            return
        self.checked, self.mistakes = checked, Mistakes(checked.problems)
        self.text.show_problems(self.problems)
        self.scenario.show_table((), self.mistakes)
        self.machine.show_problems(self.mistakes)
        self.workload.show_problems(self.mistakes)
        self.lesson.show_problems(self.mistakes)
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

    def _wrong_tabs(self) -> tuple[bool, ...]:
        """Which of the pages have a field at which something is wrong."""
        keys = [problem.key or "" for problem in self.problems]
        tops = {key.partition(".")[0] for key in keys}
        return (
            any(self.scenario.row_at(key) is not None for key in keys if key),
            "machine" in tops, *(bool(tops & {path[0] for path in arrays}) for arrays in (WORKLOAD, LESSON)),
        )  # fmt: skip

    def _show_steps(self) -> None:
        steps = self.document.steps
        for name, can, of in (("editor_undo", steps.can_undo, steps.undo_name),
                              ("editor_redo", steps.can_redo, steps.redo_name)):  # fmt: skip
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
        if self.keeping.of_library:
            self.place.show_text(self.tr("{name} comes with Swapscope: Save keeps a copy").format(name=document.name))
        self.place.setToolTip(str(document.path or ""))
        self._show_steps()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that is wrong with the newest text that was checked."""
        return self.mistakes.all

    def ask_for_trace(self, path: KeyPath) -> None:
        """Choose the file of a recording for a part of the run."""
        kinds = self.tr("Recordings (*.swt *.txt);;All files (*)")
        chosen, _ = QFileDialog.getOpenFileName(self, self.tr("Recording"), str(self.keeping.folder()), kinds)
        if chosen:
            folder = self.keeping.folder()
            name = with_traces_from(f'[[run]]\ntrace = "{Path(chosen).as_posix()}"\n', folder, folder)
            self.document.set((*path, "trace"), name.split('"')[1])

    def run(self) -> None:
        """Show it in the main window: the file, or where it is not saved, a copy of the text. Only what is right is."""
        if self.checked is None or self.checked.text != self.document.text:
            self._run_when_checked = True
            return
        if self.problems:
            self.state.show_text(self.tr("It cannot run yet: {problem}").format(problem=sentence(self.problems[0])))
            self.going.go_to(self.problems[0])
            return
        path = self.document.path
        if path is not None and not self.document.dirty:
            self.run_wanted.emit(path, True)
            return
        try:
            self.run_wanted.emit(drafts.write_trial(path, self.document.text, self.keeping.suggested()), False)
        except InputError as error:
            QMessageBox.warning(self, self.tr("Run it"), refusal(error))

    # -- the beginning and the end --------------------------------------------------------------

    def offer_templates(self, texts: dict[str, str]) -> None:
        """Offer other beginnings than the one that is shown: texts by ``lesson`` and ``assignment``."""
        said = self.tr("This is a small machine with one program: change it as you like, or begin with more.")
        self.notice.say(
            said,
            (self.tr("A lesson"), lambda: self.document.change(texts["lesson"], self.tr("Begin a lesson"))),
            (self.tr("Homework"), lambda: self.document.change(texts["assignment"], self.tr("Begin homework"))),
        )

    def may_close(self) -> bool:
        """Nothing would be lost, or the person wants it so; asks."""
        if not self.document.dirty or not self._asks:
            return True
        box = QMessageBox.StandardButton
        said = self.tr("{name} has changes that are not saved.").format(name=self.document.name)
        answer = QMessageBox.question(self, self.tr("Close the editor"), said, box.Save | box.Discard | box.Cancel,
                                      box.Save)  # fmt: skip
        return self.keeping.save() if answer == box.Save else answer == box.Discard

    def discard(self) -> None:
        """Close without a question: what is not saved is gone."""
        self._asks = False
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about what is not saved, and end the thread."""
        if not self.may_close():
            event.ignore()
            return
        self.keeping.stop()
        self.checker.close()
        self.document.close()
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
        for place, title in enumerate((self.tr("Scenario"), self.tr("Machine"), self.tr("Workload"),
                                       self.tr("Lesson"))):  # fmt: skip
            self.tabs.setTabText(place, title)
        self.workload.show_document()
        self.lesson.show_document()
        self._show_place()

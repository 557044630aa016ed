"""The scenario's text: line numbers, colours, each mistake behind its line; what is typed goes into the document."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QToolTip, QWidget

from app import theme
from app.editor.document import Document
from app.editor.highlight import Highlighter
from app.words.refusal import sentence
from engine.errors import Problem

LOWEST = 0.7
"""A line that is gone to is shown no lower than this share of the pane."""
ONE_STEP_SECONDS = 2.0
"""Letters typed with shorter pauses than this are one step of undo."""


class TextPane(QPlainTextEdit):
    """Shows a document's text and changes it."""

    undo_requested = Signal()
    redo_requested = Signal()
    line_entered = Signal(int)
    """The person has put the cursor into another line, counted from 1."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._doc = document
        self._problems: dict[int, list[Problem]] = {}
        self._syncing = False
        self._line = 0
        self._run = 0
        self._typed_at = 0.0
        self._next = -1
        """Where a letter that belongs to the same step would be typed."""
        self.setUndoRedoEnabled(False)  # the document's steps have every step, of the forms as well
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTabChangesFocus(True)
        self.setAccessibleName(self.tr("Text of the scenario"))
        self.gutter = _Gutter(self)
        self.highlighter = Highlighter(self.document())
        self.blockCountChanged.connect(self._lay_out)
        self.updateRequest.connect(self._scrolled)
        self.cursorPositionChanged.connect(self._cursor_moved)
        self.textChanged.connect(self._typed)
        document.changed.connect(self.show_document)
        theme.switch().changed.connect(self._dress)
        self._dress()
        self.show_document()
        self.moveCursor(QTextCursor.MoveOperation.Start)

    # -- the document -------------------------------------------------------------------------

    def written(self) -> str:
        """The text in the pane, to the letter."""
        return self.document().toRawText().replace("\u2029", "\n")

    def show_document(self) -> None:
        """Show the document's text; what did not change stays where it is on screen."""
        shown, wanted = self.written(), self._doc.text
        if shown == wanted:
            return
        cursor = QTextCursor(self.document())
        self._syncing = True
        for start, old_end, put in reversed(changes(shown, wanted)):  # the last first: places before it stay
            cursor.setPosition(_units(shown[:start]))
            cursor.setPosition(_units(shown[:old_end]), QTextCursor.MoveMode.KeepAnchor)
            cursor.insertText(put)
        self._syncing = False
        self._next = -1
        if not self.hasFocus():
            self.show_line(wanted.count("\n", 0, differing(shown, wanted)[0]) + 1)

    def _typed(self) -> None:
        if self._syncing:
            return
        before, after = self._doc.text, self.written()
        if before == after:
            return
        start, old_end, new_end = differing(before, after)
        taken, put = before[start:old_end], after[start:new_end]
        now = time.monotonic()
        goes_on = start == self._next and now - self._typed_at < ONE_STEP_SECONDS and "\n" not in taken + put
        single = len(taken) + len(put) == 1
        if not (single and (goes_on or (not put and old_end == self._next))):
            self._run += 1
        self._typed_at, self._next = now, new_end
        name = self.tr("Edit line {line}").format(line=before.count("\n", 0, start) + 1)
        self._doc.change(after, name, ("typed", self._run))

    def event(self, event: QEvent) -> bool:
        """The mistakes of the line under the pointer, in full."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            line = self.cursorForPosition(event.pos()).blockNumber() + 1
            QToolTip.showText(event.globalPos(), "\n".join(map(sentence, self._problems.get(line, []))), self)
            return True
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_undo(event):
            event.ignore()  # the window's own undo goes first
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Undo and redo are the document's; Escape leaves the text, as Tab does."""
        if event.matches(QKeySequence.StandardKey.Undo):
            self.undo_requested.emit()
        elif event.matches(QKeySequence.StandardKey.Redo):
            self.redo_requested.emit()
        else:
            super().keyPressEvent(event)

    # -- mistakes and places ------------------------------------------------------------------

    def show_problems(self, problems: Iterable[Problem]) -> None:
        """Put each mistake behind its line."""
        self._problems = {}
        for problem in problems:
            self._problems.setdefault(problem.line or 1, []).append(problem)
        self._mark_lines()
        self.gutter.update()
        self.viewport().update()

    def problems_at(self, line: int) -> list[Problem]:
        """The mistakes of a line, counted from 1."""
        return self._problems.get(line, [])

    def go_to(self, line: int) -> None:
        """The cursor to a line, and the keyboard into the text."""
        self.show_line(line)
        self.setFocus()

    def show_line(self, line: int) -> None:
        """The cursor to the start of a line, in sight."""
        block = self.document().findBlockByNumber(max(0, line - 1))
        if block.isValid():
            self.setTextCursor(QTextCursor(block))
            self.ensureCursorVisible()
            if self.cursorRect().bottom() > LOWEST * self.viewport().height():
                self.centerCursor()  # what belongs to the line is below it

    def _cursor_moved(self) -> None:
        line = self.textCursor().blockNumber() + 1
        if line != self._line:
            self._line = line
            if self.hasFocus() and not self._syncing:
                self.line_entered.emit(line)
        self._mark_lines()

    def _mark_lines(self) -> None:
        colours = theme.current()
        now = QTextEdit.ExtraSelection()
        now.format.setBackground(colours.colour("hover", 0.55))
        now.format.setProperty(QTextCharFormat.Property.FullWidthSelection, True)
        now.cursor = self.textCursor()
        now.cursor.clearSelection()
        marked = [now]
        for line in self._problems:
            block = self.document().findBlockByNumber(line - 1)
            if not block.isValid():
                continue
            wrong = QTextEdit.ExtraSelection()
            wrong.format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            wrong.format.setUnderlineColor(QColor(colours.danger))
            text = block.text()
            wrong.cursor = QTextCursor(block)
            wrong.cursor.movePosition(QTextCursor.MoveOperation.Right, n=len(text) - len(text.lstrip()))
            wrong.cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            marked.append(wrong)
        self.setExtraSelections(marked)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The text, and behind each wrong line what is wrong with it."""
        super().paintEvent(event)
        if not self._problems:
            return
        painter = QPainter(self.viewport())
        painter.setFont(theme.font(11.5))
        painter.setPen(QColor(theme.current().danger))
        for block, top, height in self.visible_blocks():
            problems = self._problems.get(block.blockNumber() + 1)
            if problems:
                used = self.fontMetrics().horizontalAdvance(block.text()) + self.contentOffset().x() + theme.px(24)
                box = QRectF(used, top, max(0.0, self.viewport().width() - used), height)
                text = painter.fontMetrics().elidedText("  ·  ".join(map(sentence, problems)),
                                                        Qt.TextElideMode.ElideRight, int(box.width()))  # fmt: skip
                painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.end()

    def visible_blocks(self) -> list[tuple[QTextBlock, float, float]]:
        """Each line in sight with its top and height."""
        found = []
        block = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        while block.isValid() and top <= self.viewport().height():
            height = self.blockBoundingRect(block).height()
            found.append((block, top, height))
            block, top = block.next(), top + height
        return found

    # -- gutter -------------------------------------------------------------------------------

    def gutter_width(self) -> int:
        """Room for the numbers and a mark."""
        digits = max(3, len(str(self.blockCount())))
        return self.fontMetrics().horizontalAdvance("9" * digits) + theme.px(26)

    def _lay_out(self, _count: int = 0) -> None:
        self.setViewportMargins(self.gutter_width(), 0, 0, 0)
        box = self.contentsRect()
        self.gutter.setGeometry(QRect(box.left(), box.top(), self.gutter_width(), box.height()))

    def _scrolled(self, rect: QRect, by: int) -> None:
        if by:
            self.gutter.scroll(0, by)
        else:
            self.gutter.update(0, rect.y(), self.gutter.width(), rect.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The gutter along the whole height."""
        super().resizeEvent(event)
        self._lay_out()

    def _dress(self) -> None:
        self.setFont(theme.mono(12.5))
        self._lay_out()
        self._mark_lines()


class _Gutter(QWidget):
    """Line numbers, and a mark at wrong lines."""

    def __init__(self, pane: TextPane) -> None:
        super().__init__(pane)
        self._pane = pane

    def sizeHint(self) -> QSize:
        return QSize(self._pane.gutter_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.current()
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(colours.panel))
        painter.setFont(theme.mono(11.5))
        current = self._pane.textCursor().blockNumber()
        for block, top, height in self._pane.visible_blocks():
            number = block.blockNumber()
            wrong = self._pane.problems_at(number + 1)
            painter.setPen(QColor(colours.danger if wrong else colours.text if number == current else colours.dim))
            box = QRectF(0, top, self.width() - theme.px(10), height)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(number + 1))
            if wrong:
                painter.drawText(box.adjusted(theme.px(5), 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, "●")
        painter.end()


def changes(old: str, new: str) -> list[tuple[int, int, str]]:
    """What makes one text of another: start and end in the old one, and what comes there; lines are kept apart.

    A name that is changed in several places leaves all between them as it is.
    """
    before, after = old.split("\n"), new.split("\n")
    if len(before) != len(after):
        start, old_end, new_end = differing(old, new)
        return [(start, old_end, new[start:new_end])]
    found, at = [], 0
    for was, now in zip(before, after, strict=True):
        if was != now:
            start, old_end, new_end = differing(was, now)
            found.append((at + start, at + old_end, now[start:new_end]))
        at += len(was) + 1
    return found


def differing(old: str, new: str) -> tuple[int, int, int]:
    """Where two texts differ: the start, and the ends in the old and in the new one."""
    least = min(len(old), len(new))
    start = _most(least, lambda length: old[:length] == new[:length])
    same = _most(least - start, lambda length: old[len(old) - length :] == new[len(new) - length :])
    return start, len(old) - same, len(new) - same


def _most(limit: int, holds: Callable[[int], bool]) -> int:
    """The greatest length up to a limit that holds, where all shorter ones do."""
    least = 0
    while least < limit:
        middle = (least + limit + 1) // 2
        if holds(middle):
            least = middle
        else:
            limit = middle - 1
    return least


def _units(text: str) -> int:
    """Length as Qt counts it: letters beyond the first 65 536 are two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _is_undo(event: QKeyEvent) -> bool:
    return event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)

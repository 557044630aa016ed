"""What a value is entered with: a line, a choice, a switch, several lines, or a content."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPointF, QSignalBlocker, QStringListModel, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from app import theme
from app.panels.widgets import Toggle
from engine.scenario.entries import text_of, value_of
from engine.scenario.forms import Field, Kind

LINES_SHOWN, MOST_LINES = 3, 14
"""Lines that a text of several lines shows at least, and at most as it grows."""


class Input(QWidget):
    """One value. It never refuses what is typed: the check of the file says what is wrong."""

    changed = Signal(object)
    """The value wanted, said with every letter; None: none."""
    settled = Signal()
    """What is typed next is another step of undo."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.px(6))

    def show_value(self, value: Any) -> None:
        """What the file says; None where it says nothing."""
        raise NotImplementedError

    def show_default(self) -> None:
        """The field has another default."""

    def offer(self, names: Callable[[], list[str]]) -> None:
        """Names that may stand here, asked for when the keyboard comes."""

    def editor(self) -> QWidget:
        """The widget that has the keyboard."""
        raise NotImplementedError

    def _choose(self, value: Any) -> None:
        """A whole value at once: a step of its own."""
        self.settled.emit()
        self.changed.emit(value)

    def _take(self, widget: QWidget) -> None:
        self._row.addWidget(widget)
        self.setFocusProxy(widget)
        widget.installEventFilter(undo_filter())


class Line(QLineEdit):
    """A line to type in; the arrows change a whole number by one; names are completed."""

    entered = Signal()
    """The keyboard has come."""
    completed = Signal(str)
    """A name was chosen from those that fit."""

    def __init__(self, stepped: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stepped = stepped
        self._offered: QStringListModel | None = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}
        shown = self.text().strip() or self.placeholderText()
        if self._stepped and event.key() in steps and shown.lstrip("-").isdigit():
            self.setText(str(int(shown) + steps[Qt.Key(event.key())]))
            self.textEdited.emit(self.text())
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:  # the list of names has gone: no coming anew
            self.entered.emit()

    def complete(self, names: list[str]) -> None:
        """Offer these as one types. The completer stays the same: it may be at work while the names change."""
        if self._offered is None:
            self._offered = QStringListModel(self)
            completer = QCompleter(self._offered, self)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.activated.connect(self.completed)
            self.setCompleter(completer)
        self._offered.setStringList(names)


class LineInput(Input):
    """Numbers, words, names."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.line = Line(field.kind is Kind.NUMBER)
        self._names: Callable[[], list[str]] | None = None
        self.show_default()
        self._take(self.line)
        self.line.textEdited.connect(lambda text: self.changed.emit(value_of(self.field, text)))
        self.line.editingFinished.connect(self.settled)
        self.line.entered.connect(self._entered)
        self.line.completed.connect(lambda text: self.changed.emit(value_of(self.field, text)))

    def show_default(self) -> None:
        """As a hint."""
        nothing = self.field.default in ([], {})
        self.line.setPlaceholderText("" if nothing else text_of(self.field, self.field.default))

    def show_value(self, value: Any) -> None:
        """The value; while it is typed in, the letters stay as they were typed."""
        if self.line.hasFocus() and value == value_of(self.field, self.line.text()):
            return
        text = text_of(self.field, value)
        if text != self.line.text():
            self.line.setText(text)

    def offer(self, names: Callable[[], list[str]]) -> None:
        """Complete these."""
        self._names = names

    def editor(self) -> QWidget:
        """The line."""
        return self.line

    def _entered(self) -> None:
        self.settled.emit()
        if self._names is not None:
            self.line.complete(self._names())


class Choice(QComboBox):
    """A choice that a wheel over it does not change."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.current().colour("dim"), 1.4))
        x, y, wide = self.width() - theme.px(14), self.height() / 2, theme.px(4)
        ends = (QPointF(x - wide, y - wide / 2), QPointF(x, y + wide / 2), QPointF(x + wide, y - wide / 2))
        painter.drawPolyline(ends)
        painter.end()


class ChoiceInput(Input):
    """One of several words; another word that the file has is shown as it is."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.choice = Choice()
        self._take(self.choice)
        self._fill(())
        self.choice.activated.connect(lambda _index: self._choose(self.choice.currentData()))

    def show_value(self, value: Any) -> None:
        """The word of the file, or the default's."""
        wanted = self.field.default if value is None else value
        with QSignalBlocker(self.choice):
            if self.choice.findData(wanted) < 0:
                self._fill((wanted,))
            elif self.choice.count() > len(self._words()):
                self._fill(())
            self.choice.setCurrentIndex(self.choice.findData(wanted))

    def editor(self) -> QWidget:
        """The choice."""
        return self.choice

    def _words(self) -> list[Any]:
        return list(self.field.choices) if self.field.default is not None or self.field.needed else [
            None, *self.field.choices]  # fmt: skip

    def _fill(self, others: tuple[Any, ...]) -> None:
        self.choice.clear()
        for word in (*self._words(), *others):
            self.choice.addItem("—" if word is None else str(word), word)


class NamesInput(Input):
    """The name of something that the file has, chosen from those there are."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.choice = Choice()
        self._names: Callable[[], list[str]] = list
        self._value: Any = None
        self._take(self.choice)
        self.choice.activated.connect(lambda _index: self._choose(self.choice.currentData()))

    def show_value(self, value: Any) -> None:
        """The name of the file; a dash where it names nothing."""
        self._value = value
        names: list[Any] = [*self._names()] if self.field.needed else [None, *self._names()]
        if value not in names:
            names.append(value)
        with QSignalBlocker(self.choice):
            if names != [self.choice.itemData(row) for row in range(self.choice.count())]:
                self.choice.clear()
                for name in names:
                    self.choice.addItem("—" if name is None else str(name), name)
            self.choice.setCurrentIndex(names.index(value))

    def offer(self, names: Callable[[], list[str]]) -> None:
        """These may be chosen."""
        self._names = names
        self.show_value(self._value)

    def editor(self) -> QWidget:
        """The choice."""
        return self.choice


class SwitchInput(Input):
    """On or off; a value that is neither is typed over."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.toggle = Toggle()
        self._take(self.toggle)
        self._row.addStretch(1)
        self.toggle.toggled.connect(self._choose)

    def show_value(self, value: Any) -> None:
        """The file's value, or the default."""
        with QSignalBlocker(self.toggle):
            self.toggle.setChecked(bool(self.field.default) if not isinstance(value, bool) else value)

    def editor(self) -> QWidget:
        """The switch."""
        return self.toggle


class LinesInput(Input):
    """A text of several lines, or a list with one text a line."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.pane = QPlainTextEdit()
        self.pane.setUndoRedoEnabled(False)
        self.pane.setTabChangesFocus(True)
        self._take(self.pane)
        self.pane.textChanged.connect(lambda: self.changed.emit(value_of(self.field, self.pane.toPlainText())))
        self.pane.document().documentLayout().documentSizeChanged.connect(lambda _size: self.resize_lines())
        self.resize_lines()
        theme.switch().changed.connect(self.resize_lines)

    def resize_lines(self) -> None:
        """As high as the text, within limits."""
        lines = min(max(round(self.pane.document().size().height()), LINES_SHOWN), MOST_LINES)
        high = round(self.pane.fontMetrics().lineSpacing() * lines + theme.px(26))
        if high != self.pane.height():
            self.pane.setFixedHeight(high)

    def show_value(self, value: Any) -> None:
        """The text."""
        if value == value_of(self.field, self.pane.toPlainText()):
            return
        with QSignalBlocker(self.pane):
            self.pane.setPlainText(text_of(self.field, value))

    def editor(self) -> QWidget:
        """The lines."""
        return self.pane


class ContentInput(Input):
    """A family of page images, or pages that compress to a size."""

    SIZE = 1770
    """What LZ4 makes of a page of a heap, about."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.choice = Choice()
        self.size_line = Line(stepped=True)
        self.size_line.setFixedWidth(theme.px(64))
        self.size_line.setAccessibleName(self.tr("Bytes of a compressed page"))
        self._names: Callable[[], list[str]] = list
        self._value: Any = None
        self._take(self.choice)
        self._take(self.size_line)
        self.setFocusProxy(self.choice)
        self.choice.activated.connect(self._chosen)
        self.size_line.textEdited.connect(self._typed)
        self.size_line.editingFinished.connect(self.settled)

    def show_value(self, value: Any) -> None:
        """Family or size; a table of contents by region is edited in the text."""
        self._value = value
        sized = isinstance(value, dict) and set(value) == {"compressed"}
        names: list[Any] = [*([] if self.field.default else [None]), *self._names(), True]
        wanted: Any = True if sized else value if value is not None else self.field.default
        if wanted not in names:
            names.append(wanted)
        with QSignalBlocker(self.choice):
            self.choice.clear()
            for name in names:
                self.choice.addItem(self._told(name), name)
            self.choice.setCurrentIndex(names.index(wanted))
        self.size_line.setVisible(sized)
        if sized and not (self.size_line.hasFocus() and self.size_line.text() == str(value["compressed"])):
            self.size_line.setText(str(value["compressed"]))

    def offer(self, names: Callable[[], list[str]]) -> None:
        """The families there are."""
        self._names = names
        self.show_value(self._value)

    def editor(self) -> QWidget:
        """The choice."""
        return self.choice

    def _told(self, name: Any) -> str:
        if name is None:
            return "—"
        if name is True:
            return self.tr("compressed to bytes:")
        return name if isinstance(name, str) else self.tr("by region, in the text")

    def _chosen(self, _index: int) -> None:
        data = self.choice.currentData()
        self._choose({"compressed": self.SIZE} if data is True else data)

    def _typed(self, text: str) -> None:
        bare = text.strip()
        self.changed.emit({"compressed": int(bare) if bare.isdecimal() else bare})


class _UndoFilter(QObject):
    """Leaves undo and redo to the window: the document's steps have every letter typed anywhere."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            keys = QKeySequence.StandardKey
            if event.matches(keys.Undo) or event.matches(keys.Redo):
                event.ignore()
                return True
        return False


_filter: _UndoFilter | None = None


def undo_filter() -> _UndoFilter:
    global _filter
    if _filter is None:
        _filter = _UndoFilter()
    return _filter

"""Find in the text: a line above it; Return goes on, Shift+Return back, Escape closes it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QTextCursor, QTextDocument
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from app import theme
from app.panels.widgets import Text


class FindLine(QWidget):
    """Searches one text pane; hidden until it is asked for."""

    def __init__(self, pane: QPlainTextEdit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pane = pane
        self.line = QLineEdit()
        self.line.setPlaceholderText(self.tr("Find in the text"))
        self.line.setAccessibleName(self.tr("Find in the text"))
        self.line.setClearButtonEnabled(True)
        self.line.textEdited.connect(lambda _text: self.seek(False, stay=True))
        self.none = Text("", 12, colour="danger")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, theme.px(4))
        row.addWidget(self.line, 1)
        row.addWidget(self.none)
        self.hide()

    def ask(self) -> None:
        """Show the line with what is selected in the text, and the keyboard in it."""
        chosen = self._pane.textCursor().selectedText()
        if chosen and "\u2029" not in chosen:
            self.line.setText(chosen)
        self.show()
        self.line.selectAll()
        self.line.setFocus()

    def seek(self, back: bool, stay: bool = False) -> bool:
        """Select the next place, or the last one; beginning again at the other end. ``stay``: this place may be it."""
        words = self.line.text()
        cursor = self._pane.textCursor()
        if stay:
            cursor.setPosition(cursor.selectionStart())
        flags = QTextDocument.FindFlag.FindBackward if back else QTextDocument.FindFlag(0)
        document = self._pane.document()
        found = document.find(words, cursor, flags) if words else QTextCursor()
        if words and found.isNull():
            cursor.movePosition(QTextCursor.MoveOperation.End if back else QTextCursor.MoveOperation.Start)
            found = document.find(words, cursor, flags)
        self.none.show_text(self.tr("not found") if words and found.isNull() else "")
        if found.isNull():
            return False
        self._pane.setTextCursor(found)
        self._pane.centerCursor()
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """On, back, or away."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.seek(bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif event.key() == Qt.Key.Key_Escape:
            self.hide()
            self._pane.setFocus()
        else:
            super().keyPressEvent(event)

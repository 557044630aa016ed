"""A bar above the forms that says something and offers one or two ways to go on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from app import theme
from app.panels.widgets import Text


class Notice(QFrame):
    """Hidden until there is something to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self.text = Text("", 12.5, wrap=True)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(theme.px(12), theme.px(6), theme.px(8), theme.px(6))
        self._row.setSpacing(theme.px(8))
        self._row.addWidget(self.text, 1)
        self.buttons: list[QPushButton] = []
        self.hide()

    def say(self, text: str, *ways: tuple[str, Callable[[], object]]) -> None:
        """Show a text and a button for each way to go on; the bar is gone once one is taken."""
        for button in self.buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = []
        self.text.show_text(text)
        for title, does in ways:
            button = QPushButton(title)
            button.clicked.connect(lambda _on=False, does=does: self._go(does))
            self._row.addWidget(button)
            self.buttons.append(button)
        self.show()

    def _go(self, does: Callable[[], object]) -> None:
        self.hide()
        does()

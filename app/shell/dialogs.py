"""The two dialogues of the Help menu: all keys at a glance, and what this is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from app import actions, theme
from app.panels.widgets import scrolled
from app.words.language import plain

SHARE_OF_SCREEN = 0.86
"""Of the screen's height a dialogue takes this much at most, and scrolls."""

TIMELINE_KEYS: tuple[tuple[str, str], ...] = (
    ("drag", "move through the run"),
    ("wheel", "zoom where the pointer is"),
    ("+  −  0", "zoom at the cursor; show the whole run"),
    ("Ctrl+←  Ctrl+→", "move what is shown"),
)
"""Keys the timeline has for itself, while it has the focus."""


def _close_button(dialog: QDialog) -> QDialogButtonBox:
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    return buttons


class Shortcuts(QDialog):
    """Every action that has a key, by menu, in two columns."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        specs = {spec.name: spec for spec in actions.SPECS}
        sections: list[tuple[str, list[tuple[str, str]]]] = []
        for title, entries in actions.MENUS:
            rows = [
                (self._keys(specs[name].keys), plain(self.tr(specs[name].text)))
                for name in entries if name in specs and specs[name].keys
            ]  # fmt: skip
            sections.append((plain(self.tr(title)), rows))
        sections.append((self.tr("Timeline"), [(keys, self.tr(text)) for keys, text in TIMELINE_KEYS]))
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(14))
        grid.setVerticalSpacing(theme.px(5))
        half = sum(len(rows) + 2 for _, rows in sections) / 2
        line, column = 0, 0
        for title, rows in sections:
            if column == 0 and line + len(rows) / 2 > half:
                line, column = 0, 3
            heading = QLabel(title)
            heading.setFont(theme.font(14, bold=True))
            grid.addWidget(heading, line, column, 1, 2)
            for keys, text in rows:
                line += 1
                key = QLabel(keys)
                key.setFont(theme.mono(12))
                key.setProperty("dim", True)
                grid.addWidget(key, line, column)
                grid.addWidget(QLabel(text), line, column + 1)
            grid.setRowMinimumHeight(line + 1, theme.px(10))
            line += 2
        grid.setColumnMinimumWidth(2, theme.px(26))
        body = QWidget()
        grid.setContentsMargins(theme.px(24), theme.px(20), theme.px(24), 0)
        body.setLayout(grid)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, theme.px(2), theme.px(14))
        layout.setSpacing(theme.px(14))
        area = scrolled(body)
        layout.addWidget(area)
        buttons = _close_button(self)
        buttons.setContentsMargins(0, 0, theme.px(16), 0)
        layout.addWidget(buttons)
        needed = body.sizeHint()
        room = parent.screen().availableSize().height() * SHARE_OF_SCREEN
        high = needed.height() + buttons.sizeHint().height() + theme.px(40)
        self.resize(needed.width() + area.verticalScrollBar().sizeHint().width() + theme.px(4), round(min(high, room)))

    @staticmethod
    def _keys(keys: tuple[str, ...]) -> str:
        return "  ".join(QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in keys)


class About(QDialog):
    """Name, version, purpose, licence."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About Swapscope"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        try:
            number = version("swapscope")
        except PackageNotFoundError:
            number = self.tr("from a checkout")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.px(28), theme.px(24), theme.px(28), theme.px(16))
        layout.setSpacing(theme.px(10))
        name = QLabel("Swapscope")
        name.setFont(theme.font(24, bold=True))
        layout.addWidget(name)
        edition = QLabel(self.tr("Version {number}").format(number=number))
        edition.setProperty("dim", True)
        layout.addWidget(edition)
        words = QLabel(
            self.tr(
                "Shows how Linux moves anonymous memory out to compressed memory (zswap) and to disk, and back: every "
                "page-table entry, swap descriptor and backend, one change at a time, forwards and backwards. Today's "
                "design runs beside the swap descriptor that was proposed in 2023."
            )
        )
        words.setWordWrap(True)
        words.setMinimumWidth(theme.px(420))
        layout.addWidget(words)
        small = QLabel(self.tr("Free software under the MIT licence. Built on Qt for Python, NumPy, Numba and LZ4."))
        small.setWordWrap(True)
        small.setProperty("dim", True)
        layout.addWidget(small)
        layout.addWidget(_close_button(self))

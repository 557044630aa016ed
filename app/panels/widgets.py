"""Small parts that several panels are made of: texts that follow the theme, folds and empty states."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app import theme

MARGIN = 12
"""Distance of a panel's content from its edge, in pixels at normal type size."""


class Text(QLabel):
    """A label whose size and colour follow the theme; ``colour`` names a colour of :class:`app.theme.Theme`."""

    def __init__(
        self,
        text: str = "",
        size: float = 13,
        bold: bool = False,
        mono: bool = False,
        colour: str = "text",
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._size, self._bold, self._mono, self._colour = size, bold, mono, colour
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        self.restyle()
        theme.switch().changed.connect(self.restyle)

    def set_colour(self, colour: str) -> None:
        """Paint it in another colour of the theme from now on."""
        if colour != self._colour:
            self._colour = colour
            self.restyle()

    def show_text(self, text: str) -> None:
        """Set the text where it is another one: no layout for nothing."""
        if text != self.text():
            self.setText(text)

    def restyle(self) -> None:
        """Take size and colour from the theme that is shown now."""
        make = theme.mono if self._mono else theme.font
        self.setFont(make(self._size, self._bold))
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, theme.current().colour(self._colour))
        self.setPalette(palette)


class Empty(QWidget):
    """What a panel shows while it has nothing to show: what it is for, and how to fill it."""

    def __init__(self, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(*(theme.px(20),) * 4)
        column.setSpacing(theme.px(6))
        column.addStretch(2)
        self._title, self._text = Text(title, 14, bold=True, wrap=True), Text(text, colour="dim", wrap=True)
        for label in (self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(label)
        column.addStretch(3)

    def say(self, title: str, text: str) -> None:
        """Another title and text."""
        self._title.show_text(title)
        self._text.show_text(text)

    def put(self, widget: QWidget) -> None:
        """What one can do about it, under the text."""
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(column.count() - 1, widget, 0, Qt.AlignmentFlag.AlignHCenter)

    @property
    def text(self) -> str:
        """Title and text as shown."""
        return f"{self._title.text()}\n{self._text.text()}"


class Fold(QWidget):
    """A heading that opens and closes what is below it."""

    toggled = Signal(bool)

    def __init__(self, title: str, content: QWidget, opened: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.content = content
        self.button = QToolButton()
        self.button.setText(title)
        self.button.setCheckable(True)
        self.button.setChecked(opened)
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(4))
        column.addWidget(self.button)
        column.addWidget(content)
        self.button.toggled.connect(self._toggled)
        theme.switch().changed.connect(self.restyle)
        self.restyle()
        self._toggled(opened)

    def restyle(self) -> None:
        """A heading, not a button: flat, dim, to the left."""
        now = theme.current()
        self.button.setStyleSheet(
            f"QToolButton {{ background: transparent; border: 1px solid transparent; color: {now.dim};"
            f" padding: {theme.px(3)}px 0; text-align: left; }}"
            f"QToolButton:hover {{ color: {now.text}; }}"
            f"QToolButton:focus {{ border-color: {now.accent}; }}"
        )
        self.button.setFont(theme.font(12, bold=True))

    def _toggled(self, opened: bool) -> None:
        self.button.setArrowType(Qt.ArrowType.DownArrow if opened else Qt.ArrowType.RightArrow)
        self.content.setVisible(opened)
        self.toggled.emit(opened)


class Toggle(QCheckBox):
    """A switch: a pill whose knob is left when off, right when on."""

    def sizeHint(self) -> QSize:
        return QSize(theme.px(34), theme.px(20))

    minimumSizeHint = sizeHint

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)

    def paintEvent(self, _event: QPaintEvent) -> None:
        now, on = theme.current(), self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pill = QRectF(self.rect()).adjusted(2, 2.5, -2, -2.5)
        edge = "accent" if self.hasFocus() or (on and self.isEnabled()) else "dim"
        painter.setPen(QPen(now.colour(edge), 1.2))
        painter.setBrush(now.colour("accent" if on and self.isEnabled() else "raised"))
        painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
        size = pill.height() - 5
        x = pill.right() - size - 2.5 if on else pill.left() + 2.5
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(now.colour("dim" if not self.isEnabled() else "on_accent" if on else "text"))
        painter.drawEllipse(QRectF(x, pill.top() + 2.5, size, size))
        painter.end()


class Rule(QFrame):
    """A thin line between parts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(1)
        theme.switch().changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        """Take the colour of edges."""
        self.setStyleSheet(f"background: {theme.current().panel_edge}; border: none;")


def scrolled(content: QWidget) -> QScrollArea:
    """``content`` in an area that scrolls up and down, never sideways."""
    area = QScrollArea()
    area.setWidget(content)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area


def column_of(parent: QWidget, spacing: int = 8, margin: int = MARGIN) -> QVBoxLayout:
    """A column as layout of ``parent``, with the distances every panel has."""
    column = QVBoxLayout(parent)
    column.setContentsMargins(*(theme.px(margin),) * 4 if margin else (0, 0, 0, 0))
    column.setSpacing(theme.px(spacing))
    return column


def row_of(*widgets: QWidget | int, spacing: int = 8) -> QHBoxLayout:
    """Widgets side by side; a number is a stretch."""
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(theme.px(spacing))
    for widget in widgets:
        if isinstance(widget, int):
            row.addStretch(widget)
        else:
            row.addWidget(widget)
    return row

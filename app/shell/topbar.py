"""The bar above everything: the name, what is open, the transport, and ways to compare, to take along, to the theme."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayout, QMenu, QSizePolicy, QToolBar, QToolButton, QWidget

from app import theme
from app.panels.transport import Transport

EXPORTS = ("picture", "window_picture", "animation", "save_replay", "save_branch")
"""Actions of the menu of what can be taken along."""


TITLE_LEAST, TITLE_ROOM = 30, 190
"""Pixels of a title: so many at least, and so many as long as others can give way."""


class Elided(QLabel):
    """One line that ends with dots where it has no room."""

    def __init__(self) -> None:
        super().__init__()
        self._least = TITLE_LEAST

    def show_more(self, wanted: bool) -> None:
        """Whether to hold the room that most titles need."""
        self._least = TITLE_ROOM if wanted else TITLE_LEAST
        self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The text, cut to the width."""
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(theme.current().colour("dim"))
        text = QFontMetrics(self.font()).elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.end()

    def minimumSizeHint(self) -> QSize:
        """What it needs, up to the room it holds."""
        least = min(theme.px(self._least), super().sizeHint().width())
        return QSize(least, super().minimumSizeHint().height())


class _Body(QWidget):
    """What is in the bar. With little room it gives up one thing after the other; never a button of the transport."""

    def __init__(self, gives_way: tuple[Callable[[bool], object], ...]) -> None:
        super().__init__()
        self._gives_way = gives_way
        """Each takes whether there is room for what it shows, the least missed first."""
        self.given = 0
        """How many of them have given way."""

    def fit(self) -> None:
        """Show as much as there is room for."""
        for given in range(len(self._gives_way) + 1):
            for number, show in enumerate(self._gives_way):
                show(number >= given)
            self.given = given
            if self.least() <= self.width():
                return

    def least(self) -> int:
        """Pixels that what is shown now needs beside each other."""
        for part in self.findChildren(QWidget):
            part.ensurePolished()  # what was never shown has no style yet, and asks for less
        for part in self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            if part.layout() is not None:
                part.layout().invalidate()
            part.updateGeometry()  # what was hidden just now still counts in what layouts remember
        return self.layout().minimumSize().width()

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self.fit()

    def minimumSizeHint(self) -> QSize:
        """With everything given way: the window's least width must not come from here."""
        return QSize(theme.px(430), self.layout().minimumSize().height())


class TopBar(QToolBar):
    """Fixed at the top."""

    def __init__(self, transport: Transport, made: dict[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("topbar")
        self.setWindowTitle(self.tr("Transport"))
        self.setMovable(False)
        self.toggleViewAction().setEnabled(False)
        self._name = QLabel("Swapscope")
        self.compare, self.export = self._compare(made["compare"]), self._export(made)
        self.title = Elided()
        self._body = _Body((transport.show_labels, self._name_doors, self._name.setVisible, self.title.show_more,
                            self._show_doors, transport.show_units, transport.show_speed))  # fmt: skip
        row = QHBoxLayout(self._body)
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        row.setSpacing(theme.px(10))
        self._row = row
        self.title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.transport = transport
        self._theme = QToolButton()
        self._theme.setDefaultAction(made["theme"])
        self._theme.setAccessibleName(made["theme"].text())
        row.addWidget(self._name)
        row.addWidget(self.title, 1)
        row.addWidget(transport)
        row.addSpacing(theme.px(4))
        row.addWidget(self.compare)
        row.addWidget(self.export)
        row.addWidget(self._theme)
        self.addWidget(self._body)
        theme.switch().changed.connect(self._dress)
        self._dress()

    def _compare(self, action: QAction) -> QToolButton:
        """A button for an action whose own text is too long for the bar."""
        button = QToolButton()
        button.setText(self.tr("Compare"))
        button.setToolTip(action.toolTip())
        button.setAccessibleName(self.tr("Compare"))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setCheckable(True)
        button.clicked.connect(lambda _on=False: action.trigger())
        action.toggled.connect(button.setChecked)
        self._follow(button, action)
        return button

    def _export(self, made: dict[str, QAction]) -> QToolButton:
        """All that can be taken along, in a menu."""
        button = QToolButton()
        button.setText(self.tr("Export ▾"))
        button.setToolTip(self.tr("Save a picture, an animation or a replay of this moment"))
        button.setAccessibleName(self.tr("Export"))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        menu.addActions([made[name] for name in EXPORTS])
        button.setMenu(menu)
        self._follow(button, made["picture"])
        return button

    def _follow(self, button: QToolButton, action: QAction) -> None:
        """A button has the icon of an action in the colours of every theme, and is there to use when the action is."""

        def alike() -> None:
            button.setIcon(action.icon())
            button.setEnabled(action.isEnabled())

        action.changed.connect(alike)
        alike()

    def _name_doors(self, room: bool) -> None:
        beside, alone = Qt.ToolButtonStyle.ToolButtonTextBesideIcon, Qt.ToolButtonStyle.ToolButtonIconOnly
        for button in (self.compare, self.export):
            button.setToolButtonStyle(beside if room else alone)

    def _show_doors(self, room: bool) -> None:
        for button in (self.compare, self.export):
            button.setVisible(room)

    def show_title(self, title: str) -> None:
        """What is open."""
        self.title.setText(title)
        self.title.setToolTip(title)
        self._body.fit()

    def _dress(self) -> None:
        colours = theme.current()
        self.setStyleSheet(
            f"QToolBar#topbar {{ background: {colours.panel}; border: none; border-top: 1px solid {colours.panel_edge};"
            f" border-bottom: 1px solid {colours.panel_edge}; }}"
        )
        self._row.setContentsMargins(theme.px(14), theme.px(5), theme.px(14), theme.px(5))
        self._name.setFont(theme.font(16, bold=True))
        self.title.setFont(theme.font(13.5))
        for button in (self.compare, self.export):
            button.setFixedHeight(theme.px(28))
            button.setIconSize(QSize(theme.px(15), theme.px(15)))
        self._theme.setIconSize(QSize(theme.px(18), theme.px(18)))
        self._theme.setFixedSize(theme.px(34), theme.px(28))
        self._body.fit()

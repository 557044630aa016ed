"""The first page: the scenarios that come with Swapscope, with a picture of each, and the files opened last."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.thread.gallery import Described
from app.words.language import language

CARD_WIDTH = 286


def _level(level: str) -> str:
    """How much one must know, in the language of the window."""
    told = {"beginner": QCoreApplication.translate("Welcome", "beginner"),
            "intermediate": QCoreApplication.translate("Welcome", "intermediate"),
            "advanced": QCoreApplication.translate("Welcome", "advanced")}  # fmt: skip
    return told.get(level, level)


class Card(QWidget):
    """One scenario: a picture, its title, level and summary. A click, Return or space opens it."""

    chosen = Signal(object)
    """The path of its file."""

    def __init__(self, scenario: Described, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scenario = scenario
        self.picture: QImage | None = None
        self._pictures: dict[str, QImage] = {}
        self._under = False
        self.name_it()
        language().changed.connect(self.name_it)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(scenario.path.name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFixedSize(self.sizeHint())

    @property
    def pictured(self) -> bool:
        """Its picture is drawn."""
        return bool(self._pictures)

    def name_it(self) -> None:
        """For a screen reader, in the language of the window."""
        self.setAccessibleName(self.scenario.shown_title)
        self.setAccessibleDescription(self.scenario.shown_summary)

    def show_pictures(self, pictures: dict[str, QImage]) -> None:
        """Pictures of the scenario's run by the name of the theme."""
        self._pictures = pictures
        self.update()

    def sizeHint(self) -> QSize:
        """A picture and five lines of text."""
        return QSize(theme.px(CARD_WIDTH), theme.px(CARD_WIDTH * 9 / 16 + 106))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Picture above, words below."""
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        shape = QPainterPath()
        shape.addRoundedRect(box, theme.px(9), theme.px(9))
        painter.fillPath(shape, QColor(colours.raised if self._under or self.hasFocus() else colours.panel))
        painter.save()
        painter.setClipPath(shape)
        top = QRectF(box.left(), box.top(), box.width(), box.width() * 9 / 16)
        self._paint_picture(painter, top, colours)
        painter.restore()
        edge = colours.accent if self._under or self.hasFocus() else colours.panel_edge
        painter.setPen(QPen(QColor(edge), 1.4 if self._under or self.hasFocus() else 1))
        painter.drawPath(shape)
        self._paint_words(painter, top.bottom(), colours)
        painter.end()

    def _paint_picture(self, painter: QPainter, top: QRectF, colours: theme.Theme) -> None:
        painter.fillRect(top, QColor(colours.window))
        picture = self._pictures.get(colours.name)
        if picture is not None:
            painter.drawImage(top, picture)
        else:
            painter.setPen(QColor(colours.dim))
            painter.setFont(theme.font(12))
            painter.drawText(top, Qt.AlignmentFlag.AlignCenter, self.tr("being drawn…"))
        painter.setPen(QPen(QColor(colours.panel_edge), 1))
        painter.drawLine(top.bottomLeft(), top.bottomRight())

    def _paint_words(self, painter: QPainter, top: float, colours: theme.Theme) -> None:
        left, width = theme.px(14), self.width() - theme.px(28)
        painter.setFont(theme.font(11))
        level = _level(self.scenario.level)
        if level:  # on the picture's edge, so that the title has the whole width
            chip = painter.fontMetrics().horizontalAdvance(level) + theme.px(16)
            box = QRectF(self.width() - left - chip, top - theme.px(10), chip, theme.px(20))
            painter.setPen(QPen(QColor(colours.raised_edge), 1))
            painter.setBrush(QColor(colours.panel))
            painter.drawRoundedRect(box, theme.px(10), theme.px(10))
            painter.setPen(QColor(colours.dim))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, level)
        painter.setFont(theme.font(14, bold=True))
        painter.setPen(QColor(colours.text))
        wrap = int(Qt.TextFlag.TextWordWrap)
        title = QRectF(left, top + theme.px(12), width, theme.px(40))
        used = painter.boundingRect(title, wrap, self.scenario.shown_title)
        painter.drawText(title, wrap, self.scenario.shown_title)
        painter.setFont(theme.font(12.5))
        painter.setPen(QColor(colours.dim))
        start = used.bottom() + theme.px(5)
        room = QRectF(left, start, width, self.height() - start - theme.px(6))
        painter.drawText(room, wrap, self.scenario.shown_summary)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open it."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.chosen.emit(self.scenario.path)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(self.scenario.path)
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Brighter under the pointer."""
        self._under = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """As before."""
        self._under = False
        self.update()


class WelcomePage(QScrollArea):
    """What can be opened."""

    chosen = Signal(object)
    """The path of a scenario file."""
    open_requested = Signal()
    new_requested = Signal()
    back_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.cards: list[Card] = []
        self._recent: list[Path] = []
        self._links: list[QPushButton] = []
        body = QWidget()
        self._column = QVBoxLayout(body)
        self._title = QLabel(self.tr("See how Linux swaps"))
        self._words = QLabel(
            self.tr(
                "Each scenario is a machine with programs that need more memory than it has. Choose one, press Space "
                "to watch it run, and step forwards and backwards through every change."
            )
        )
        self._words.setWordWrap(True)
        self._words.setProperty("dim", True)
        self._grid = QGridLayout()
        self._recent_title = QLabel(self.tr("Opened last"))
        self._recent_box = QVBoxLayout()
        self._open = QPushButton(self.tr("Open a file…"))
        self._open.clicked.connect(self.open_requested)
        self._open.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._new = QPushButton(self.tr("New scenario"))
        self._new.setToolTip(self.tr("Begin a scenario of your own in the editor."))
        self._new.clicked.connect(self.new_requested)
        self._hint = QLabel(self.tr("Or drop a scenario file (.toml) anywhere on this window."))
        self._hint.setProperty("dim", True)
        self.back = QPushButton(self.tr("Back to the run"))
        self.back.setToolTip(self.tr("The run that was seen before; it stands where you left it."))
        self.back.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.back.clicked.connect(self.back_requested)
        self.back.hide()
        for widget in (self.back, self._title, self._words):
            self._column.addWidget(widget)
        self._column.addLayout(self._grid)
        self._column.addWidget(self._recent_title)
        self._column.addLayout(self._recent_box)
        buttons = QHBoxLayout()
        buttons.addWidget(self._open)
        buttons.addWidget(self._new)
        buttons.addStretch(1)
        self._column.addLayout(buttons)
        self._column.addWidget(self._hint)
        self._column.addStretch(1)
        self.setWidget(body)
        theme.switch().changed.connect(self._dress)
        self._dress()

    def offer_back(self, there: bool) -> None:
        """Whether there is a run to go back to."""
        self.back.setVisible(there)

    def show_scenarios(self, scenarios: list[Described]) -> None:
        """Cards for these scenarios, in this order."""
        for card in self.cards:
            card.setParent(None)
            card.deleteLater()
        self.cards = [Card(scenario) for scenario in scenarios]
        for card in self.cards:
            card.chosen.connect(self.chosen)
        self._lay_out(force=True)

    def show_pictures(self, path: Path, pictures: dict[str, QImage]) -> None:
        """The pictures of one scenario."""
        for card in self.cards:
            if card.scenario.path == path:
                card.show_pictures(pictures)

    def show_recent(self, paths: list[Path]) -> None:
        """Files opened last; those shown as cards are left out."""
        known = {card.scenario.path.resolve() for card in self.cards}
        self._recent = [path for path in paths if path.resolve() not in known][:5]
        for link in self._links:
            link.setParent(None)
            link.deleteLater()
        self._links = []
        for path in self._recent:
            link = QPushButton(f"{path.name}    {path.parent}")
            link.setProperty("flat", True)
            link.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
            link.clicked.connect(partial(self._choose, path))
            self._recent_box.addWidget(link)
            self._links.append(link)
        self._recent_title.setVisible(bool(self._recent))

    def _choose(self, path: Path, _checked: bool = False) -> None:
        self.chosen.emit(path)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many cards beside each other as there is room for."""
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self, force: bool = False) -> None:
        gap, edge = theme.px(16), theme.px(28)
        across = max(1, (self.viewport().width() - 2 * edge + gap) // (theme.px(CARD_WIDTH) + gap))
        if not force and across == self.property("across"):
            return
        self.setProperty("across", across)
        for card in self.cards:
            self._grid.removeWidget(card)
        for place, card in enumerate(self.cards):
            self._grid.addWidget(card, place // across, place % across, Qt.AlignmentFlag.AlignLeft)
            card.show()
        for column in range(12):
            self._grid.setColumnStretch(column, 1 if column == across else 0)

    def _dress(self) -> None:
        self._title.setFont(theme.font(26, bold=True))
        self._words.setFont(theme.font(14))
        self._words.setMaximumWidth(theme.px(760))
        self._recent_title.setFont(theme.font(15, bold=True))
        self._column.setContentsMargins(theme.px(28), theme.px(26), theme.px(28), theme.px(26))
        self._column.setSpacing(theme.px(10))
        self._grid.setSpacing(theme.px(16))
        self._grid.setContentsMargins(0, theme.px(10), 0, theme.px(10))
        for card in self.cards:
            card.setFixedSize(card.sizeHint())
            card.update()
        self._lay_out(force=True)



"""Why this happened, or why a thing is where it is: the chain of causes as cards, and the life of what is selected."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.moment import Moment
from app.panels.transitions import ACTORS
from app.panels.widgets import Rule, Text, column_of, row_of, scrolled
from app.words.numbers import count
from app.words.said import declared, said
from engine.why import Change, Reason

COLOURS = {
    "in memory, active": "active", "active": "active", "in memory, inactive": "inactive", "inactive": "inactive",
    "locked into memory": "active", "unevictable": "active", "in memory only": "inactive", "in zswap": "zswap",
    "in use": "zswap", "held for a page in zswap": "zswap", "in a swapfile": "disk", "holds a page": "disk",
    "only a zero mark": "zero", "held for a zero mark": "zero", "in the swapcache only": "swapcache",
    "held for a page in the swapcache": "swapcache", "on its way out": "swapcache", "on its way": "swapcache",
    "the shared zero page": "zero",
}  # fmt: skip
"""Colour of the theme for each state in words; those not here are empty."""
MOST_LISTED = 400
CHAIN, LIFE = 3, 2
"""Shares of the panel's height that the causes and the life get."""
LEAST_LIST = 44
"""Pixels of the list of changes that stay in the lowest of panels: two of them."""


class JumpCard(QFrame):
    """One link of a chain: a click, Enter or Space goes there."""

    chosen = Signal(object)

    def __init__(self, number: int, head: str, text: str, here: bool = False) -> None:
        super().__init__()
        self.number, self.text = number, text
        self.setProperty("raised", True)
        self._here = here
        self._hover = False
        column = column_of(self, 2, 9)
        column.addWidget(Text(head, 11.5, colour="dim", mono=False))
        column.addWidget(Text(text, 12.5, wrap=True))
        if number >= 0:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"{head}: {text}")

    def paintEvent(self, _event: QPaintEvent) -> None:
        now = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = "accent" if self._here or self.hasFocus() else "raised_edge"
        painter.setPen(QPen(now.colour(edge), 1.6 if self.hasFocus() else 1))
        painter.setBrush(now.colour("hover" if self._hover and self.number >= 0 else "raised"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), theme.px(6), theme.px(6))
        painter.end()

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave):
            self._hover = event.type() == QEvent.Type.Enter
            self.update()
        return super().event(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._choose()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose()
        else:
            super().keyPressEvent(event)

    def _choose(self) -> None:
        if self.number >= 0:
            self.chosen.emit(self.number)


class LifeStrip(QWidget):
    """Where a thing was when: a strip over the whole run in the colours of its states; a click goes there."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(theme.px(26))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Life of what is selected"))
        self.changes: Sequence[Change] = ()
        self.length, self.cursor_at = 1, 0

    def show_life(self, changes: Sequence[Change], length: int, cursor: int) -> None:
        """Its changes, the transitions of the run, and where the cursor is."""
        self.changes, self.length, self.cursor_at = changes, max(1, length), cursor
        self.update()

    def stretches(self) -> list[tuple[float, float, str]]:
        """Left and right edge and state of each stretch, in pixels."""
        found = []
        for index, change in enumerate(self.changes):
            end = self.changes[index + 1].number if index + 1 < len(self.changes) else self.length
            found.append((self._x(change.number), self._x(end), change.state))
        return found

    def change_at(self, x: float) -> Change | None:
        """The change that began the stretch at a horizontal place."""
        number = x / max(1, self.width()) * self.length
        before = [change for change in self.changes if change.number <= number + 0.5]
        return before[-1] if before else (self.changes[0] if self.changes else None)

    def _x(self, number: int) -> float:
        return number / self.length * self.width()

    def paintEvent(self, _event: QPaintEvent) -> None:
        now = theme.current()
        painter = QPainter(self)
        top, height = theme.px(5), self.height() - theme.px(10)
        painter.fillRect(QRectF(0, top, self.width(), height), now.colour("grid"))
        for left, right, state in self.stretches():
            name = COLOURS.get(state)
            if name is not None:
                painter.fillRect(QRectF(left, top, max(1.0, right - left), height), now.colour(name))
        x = self._x(self.cursor_at)
        painter.setPen(QPen(now.colour("selection"), 1.6))
        painter.drawLine(round(x), 0, round(x), self.height())
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        change = self.change_at(event.position().x())
        if change is not None and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(change.number)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        change = self.change_at(event.position().x())
        self.setToolTip(f"{count(change.number)} · {said(change.state)}\n{said(change.sentence)}" if change else "")

    def sizeHint(self) -> QSize:
        return QSize(theme.px(200), theme.px(26))


class WhyPanel(QWidget):
    """The chain above, the life below; every card, stretch and row is a jump."""

    jump_requested = Signal(object)
    change_wanted = Signal(int)
    """To the next (1) or last (-1) change of what is selected."""
    about_thing = Signal(bool)
    """The causes are asked for of what is selected (True), or of the transition at the cursor."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Why"))
        self.cards: list[JumpCard] = []
        body = QWidget()
        self._chain = QVBoxLayout(body)
        self._chain.setContentsMargins(theme.px(12), 0, theme.px(12), theme.px(8))
        self._chain.setSpacing(theme.px(4))
        self._title = Text(self.tr("Why did this happen?"), 13, bold=True, wrap=True)
        self.life_title = Text("", 13, bold=True, wrap=True)
        self.life_note = Text("", 11.5, colour="dim", wrap=True)
        self.strip = LifeStrip()
        self.strip.chosen.connect(self.jump_requested)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Changes of what is selected"))
        self.list.setWordWrap(True)
        self.list.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.list.itemActivated.connect(self._listed)
        self.list.itemClicked.connect(self._listed)
        self.last, self.next = QToolButton(), QToolButton()
        for button, text, tip, way in (
            (self.last, "◂", self.tr("Back to the last change of this"), -1),
            (self.next, "▸", self.tr("On to the next change of this"), 1),
        ):
            button.setText(text)
            button.setToolTip(tip)
            button.setAccessibleName(tip)
            button.clicked.connect(lambda _checked=False, way=way: self.change_wanted.emit(way))
        column = column_of(self, 0, 0)
        upper = QWidget()
        head = column_of(upper, 8)
        head.addLayout(self._questions())
        head.addWidget(self._title)
        self._area = scrolled(body)
        column.addWidget(upper)
        column.addWidget(self._area, CHAIN)
        column.addWidget(Rule())
        lower = QWidget()
        below = column_of(lower, 4)
        row = row_of(self.life_title, self.last, self.next)
        row.setStretchFactor(self.life_title, 1)
        below.addLayout(row)
        below.addWidget(self.strip)
        below.addWidget(self.life_note)
        below.addWidget(self.list, 1)
        column.addWidget(lower)
        self._column, self._lower = column, lower
        self.empty()
        theme.switch().changed.connect(self._restyle)
        self._restyle()

    def _questions(self) -> QHBoxLayout:
        """Of what the causes are asked for: one of two."""
        self.of_thing, self.of_transition = QToolButton(), QToolButton()
        self.of_transition.setText(self.tr("This transition"))
        self.of_transition.setToolTip(self.tr("Why the transition at the cursor came about"))
        self.of_thing.setText(self.tr("What is selected"))
        self.of_thing.setToolTip(self.tr("Why what is selected is where it is"))
        group = QButtonGroup(self)
        row = row_of(spacing=4)
        for button, of_thing in ((self.of_thing, True), (self.of_transition, False)):
            button.setCheckable(True)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(partial(self._asked_about, of_thing))
            group.addButton(button)
            row.addWidget(button)
        return row

    def _asked_about(self, of_thing: bool, _checked: bool = False) -> None:
        self.about_thing.emit(of_thing)

    def show_question(self, name: str, state: str, of_thing: bool) -> None:
        """What is asked: of a thing by its name, as a sentence begins with it, and its state, or of the transition."""
        for button in (self.of_thing, self.of_transition):
            button.setVisible(bool(name))
        if name:
            self.of_thing.setText(name)
        (self.of_thing if of_thing else self.of_transition).setChecked(True)
        if of_thing:
            text = self.tr("{thing}: {state}. Why?").format(thing=self.of_thing.text(), state=state)
        else:
            text = self.tr("Why did this happen?")
        self._title.show_text(text)

    def show_moment(self, moment: Moment) -> None:
        """The cursor moved: the strip's line goes with it; chain and life come when they are found."""
        self.strip.show_life(self.strip.changes, max(1, moment.length), moment.transition.number)

    def empty(self) -> None:
        """No run is open."""
        self.show_question("", "", False)
        self._note(self.tr("Step or play a run: here stands why each transition came about, each cause a click away."))
        self.show_life("", [], 1, 0, True)

    def look(self) -> None:
        """Another chain is about to be found."""
        self._note(self.tr("Looking…"))

    def _note(self, text: str) -> None:
        """Words in place of a chain."""
        self._clear_chain()
        self._chain.addWidget(Text(text, 12.5, colour="dim", wrap=True))
        self._chain.addStretch(1)

    def _clear_chain(self) -> None:
        while self._chain.count():
            item = self._chain.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.cards = []

    def show_causes(self, reasons: Sequence[Reason], operation: str) -> None:
        """The chain, from what happened back to the operation that began it; nothing had happened without one."""
        if not operation:
            self._note(self.tr("This is the start: nothing has happened yet."))
            return
        self._clear_chain()
        for index, reason in enumerate(reasons):
            if index:
                self._chain.addWidget(Text(self.tr("↑ because"), 11.5, colour="dim"))
            transition = reason.transition
            who = self.tr(ACTORS[transition.actor])
            head = f"{count(transition.number)} · {declared(transition.kind.name)} · {who}"
            self._add(JumpCard(transition.number, head, said(reason.sentence), here=index == 0))
        if reasons:
            self._chain.addWidget(Text(self.tr("↑ because"), 11.5, colour="dim"))
        self._add(JumpCard(-1, self.tr("the operation"), said(operation)))
        self._chain.addStretch(1)

    def show_life(self, name: str, changes: Sequence[Change], length: int, cursor: int, complete: bool) -> None:
        """The changes of what is selected, by its name; empty where nothing is."""
        # Without a selection the chain has all the room but for one line that tells what to select.
        for part in (self.last, self.next, self.strip, self.list):
            part.setVisible(bool(name))
        self._column.setStretchFactor(self._lower, LIFE if name else 0)
        self.life_title.show_text(self.tr("Life of {name}").format(name=name) if name else self.tr("Life of a page"))
        if not name:
            note = self.tr("Select a page, frame, descriptor, zswap entry or slot: here stands where it was when.")
        elif not changes:
            note = self.tr("Nothing has happened to it.") if complete else self.tr("Looking…")
        else:
            note = self.tr("{number} changes").format(number=count(len(changes)))
            if len(changes) > MOST_LISTED:
                note += " · " + self.tr("the {number} around the cursor are listed").format(number=MOST_LISTED)
        self.life_note.show_text(note)
        self.strip.show_life(changes, length, cursor)
        first = 0
        if len(changes) > MOST_LISTED:
            before = sum(change.number < cursor for change in changes)
            first = min(max(0, before - MOST_LISTED // 2), len(changes) - MOST_LISTED)
        self.list.clear()
        for change in changes[first : first + MOST_LISTED]:
            item = QListWidgetItem()
            item.setToolTip(said(change.sentence))
            item.setData(Qt.ItemDataRole.UserRole, change.number)
            item.setText(f"{count(change.number)} · {declared(change.kind)} → {said(change.state)}")
            self.list.addItem(item)
        self.mark(cursor)

    def mark(self, cursor: int) -> None:
        """Choose the row of the change the cursor is at or behind."""
        row = -1
        for index in range(self.list.count()):
            if self.list.item(index).data(Qt.ItemDataRole.UserRole) > cursor:
                break
            row = index
        self.list.setCurrentRow(row)

    def _add(self, card: JumpCard) -> None:
        card.chosen.connect(self.jump_requested)
        self._chain.addWidget(card)
        self.cards.append(card)

    def _listed(self, item: QListWidgetItem) -> None:
        self.jump_requested.emit(item.data(Qt.ItemDataRole.UserRole))

    def _restyle(self) -> None:
        self.list.setFont(theme.font(12))
        self.list.setMinimumHeight(theme.px(LEAST_LIST))
        self.strip.setFixedHeight(theme.px(26))
        self.update()

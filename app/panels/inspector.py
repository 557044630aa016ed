"""The inspector: the selected thing word by word, from the page-table entry to where its bytes are."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QToolButton, QVBoxLayout, QWidget

from app import theme
from app.moment import Moment, Selected, Thing
from app.panels.bitstrip import BitStrip, field_text
from app.panels.widgets import Empty, Fold, Rule, Text, column_of, row_of, scrolled
from app.words.language import language
from app.words.said import said, translated
from app.words.terms import tip
from engine.columns import Row
from engine.describe import Absent, Description, describe
from engine.explain import Field, Form
from engine.reading.chain import Place

LABEL_WIDTH = 92
_STATE_COLOURS = {
    "present": "active", "active": "active", "inactive": "dim", "not present": "danger", "in zswap": "zswap",
    "in swapfile": "disk", "in use": "disk", "bad": "danger", "being written": "disk",
}  # fmt: skip


class FactRow(QWidget):
    """A label and a value; a value that leads to another thing is a link."""

    followed = Signal(object)
    """The :class:`Place` of the link that was followed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row: Row | None = None
        self.changed = False
        self.label = Text(size=12, colour="dim")
        self.label.setFixedWidth(theme.px(LABEL_WIDTH))
        self.label.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.value = Text(size=12.5, wrap=True)
        self.value.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.LinksAccessibleByMouse
            | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        self.value.linkActivated.connect(self._follow)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(6), theme.px(2), theme.px(2), theme.px(2))
        row.setSpacing(theme.px(6))
        row.addWidget(self.label)
        row.addWidget(self.value, 1)
        theme.switch().changed.connect(self._restyle)

    def show_row(self, row: Row, changed: bool, word: str = "") -> None:
        """Show this row; ``changed`` when the transition wrote what it shows; ``word`` is its label in English."""
        if row != self._row:
            self._row = row
            self.label.show_text(row.label)
            self.setToolTip(tip(row.tip, word.strip("→← ")))
            self._show_value(row)
            self.value.setFocusPolicy(Qt.FocusPolicy.TabFocus if row.ref else Qt.FocusPolicy.ClickFocus)
        if changed != self.changed:
            self.changed = changed
            self.update()
        self.value.setAccessibleName(f"{row.label} {row.text}" + (", " + self.tr("changed") if changed else ""))

    def _show_value(self, row: Row) -> None:
        if row.ref is None:
            self.value.setTextFormat(Qt.TextFormat.PlainText)
            self.value.show_text(row.text)
            return
        link = theme.current().colour("disk").name()
        self.value.setTextFormat(Qt.TextFormat.RichText)
        self.value.setText(f'<a href="go" style="color: {link}; text-decoration: none">{escape(row.text)}</a>')

    def _follow(self, _href: str) -> None:
        if self._row is not None and self._row.ref is not None:
            self.followed.emit(self._row.ref)

    def _restyle(self) -> None:
        self.label.setFixedWidth(theme.px(LABEL_WIDTH))
        if self._row is not None:
            self._show_value(self._row)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self.changed:
            return
        now = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(now.colour("accent", 0.16))
        painter.drawRoundedRect(QRectF(self.rect()), theme.px(4), theme.px(4))
        painter.setBrush(now.colour("accent"))
        painter.drawRoundedRect(QRectF(0, 3, theme.px(2), self.height() - 6), 1, 1)
        painter.end()


class FactList(QWidget):
    """Rows below each other; widgets are made once and used again."""

    followed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[FactRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def show_rows(self, rows: Sequence[Row], changed: frozenset[int], words: Sequence[Row] = ()) -> None:
        """Show these rows and no others; ``words`` are the same rows as the engine says them."""
        while len(self.rows) < len(rows):
            row = FactRow()
            row.followed.connect(self.followed)
            self._column.addWidget(row)
            self.rows.append(row)
        for index, widget in enumerate(self.rows):
            if index < len(rows):
                word = words[index].label if index < len(words) else ""
                widget.show_row(rows[index], not changed.isdisjoint(rows[index].addresses), word)
            widget.setVisible(index < len(rows))


class InspectorPanel(QWidget):
    """Shows the first of the selected things."""

    selected = Signal(object)
    """What a link leads to: ``tuple[Selected, ...]``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.description: Description | None = None
        self._changed: frozenset[int] = frozenset()
        self._shown: object = None
        self.setAccessibleName(self.tr("Inspector"))
        self.empty = Empty(
            self.tr("Nothing is selected"),
            self.tr("Click a page, a descriptor, a frame, an entry of the pool or a slot. Its chain lights up in "
                    "every view, and here you read it bit by bit."),
        )  # fmt: skip
        self._build()

    def _build(self) -> None:
        self.title = Text(size=14, bold=True, wrap=True)
        self.place = Text(size=12, colour="dim", mono=True)
        self.state = Text(size=12, bold=True)
        self.hex = Text(size=14, mono=True, colour="zswap")
        self.hex.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.strip = BitStrip()
        self.strip.field_chosen.connect(self._show_field)
        self.detail = Text(size=12, colour="dim", wrap=True)
        self.chain, self.bits, self.columns = FactList(), FactList(), FactList()
        for facts in (self.chain, self.columns):
            facts.followed.connect(self._follow)
        self.bits_fold = Fold(self.tr("Bit by bit"), self.bits)
        self.columns_fold = Fold(self.tr("Every word of its row"), self.columns)
        self.copy = QToolButton()
        self.copy.setText(self.tr("Copy"))
        self.copy.setToolTip(self.tr("Copy all of it as text"))
        self.copy.setProperty("flat", True)
        self.copy.clicked.connect(self.copy_text)
        body = QWidget()
        column = column_of(body, 6)
        heading = row_of(self.title, self.copy)
        heading.setStretchFactor(self.title, 1)
        column.addLayout(heading)
        column.addLayout(row_of(self.place, 1, self.state))
        column.addWidget(self.hex)
        column.addWidget(self.strip)
        column.addWidget(self.detail)
        column.addWidget(Rule())
        column.addWidget(self.chain)
        column.addWidget(self.bits_fold)
        column.addWidget(self.columns_fold)
        column.addStretch(1)
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(scrolled(body))

    # -- what is shown ------------------------------------------------------------------------

    def show_moment(self, moment: Moment) -> None:
        """Read the selected thing out of the moment; widgets change only while the panel is on screen."""
        self.description, self._changed = None, moment.changed
        if moment.selection:
            chosen = moment.selection[0]
            images = moment.extras.get("image_text")
            try:
                self.description = describe(
                    moment.view, moment.program, chosen, images if callable(images) else None
                )
            except Absent as error:
                self.empty.say(self.tr("It is not there now"), said(error.text))
        else:
            self.empty.say(
                self.tr("Nothing is selected"),
                self.tr("Click a page, a descriptor, a frame, an entry of the pool or a slot. Its chain lights up "
                        "in every view, and here you read it bit by bit."),
            )  # fmt: skip
        if self.isVisible():
            self._render()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._render()

    def copy_text(self) -> None:
        """Put all that is shown on the clipboard."""
        if self.description is not None:
            QGuiApplication.clipboard().setText(translated(self.description).as_text())

    def _render(self) -> None:
        if (self.description, self._changed, language().code) == self._shown:
            return
        self._shown = (self.description, self._changed, language().code)
        self._stack.setCurrentIndex(0 if self.description is None else 1)
        if self.description is None:
            return
        state, told = self.description.state, translated(self.description)
        self.title.show_text(told.title)
        self.place.show_text(told.place)
        self.state.show_text(told.state)
        self.state.set_colour(_STATE_COLOURS.get(state, "dim"))
        wrote = told.word_address in self._changed
        self.strip.show_word(told.word, wrote)
        if told.word is not None:
            self.hex.show_text(told.word.hex)
            self.hex.set_colour("zswap" if state == Form.SWAPPED else "text")
            chosen = self.strip.chosen
            self.detail.show_text(field_text(told.word.fields[chosen]) if chosen >= 0 else told.word.summary)
        self.chain.show_rows(told.chain, self._changed, self.description.chain)
        self.columns.show_rows(told.columns, self._changed, self.description.columns)
        self.bits.show_rows(_bit_rows(told), frozenset())

    def _show_field(self, field: Field) -> None:
        self.detail.show_text(field_text(field))

    def _follow(self, place: Place) -> None:
        self.selected.emit((Selected(Thing(place.thing), place.number, place.owner),))


def _bit_rows(told: Description) -> list[Row]:
    """Each field of the word as a row."""
    rows = []
    for field in told.word.fields if told.word is not None else ():
        named = f"{field.name} = {field.value} · " if field.name else ""
        rows.append(Row(field.bits, f"{named}{field.meaning}" + (f" · {field.kernel}" if field.kernel else "")))
    return rows

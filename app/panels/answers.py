"""What a question is answered with: choices, a number, a thing from the canvas, an order, the fields of an entry."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QGridLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QRadioButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.moment import Moment
from app.panels.widgets import Text, row_of
from engine.explain import Form
from engine.lesson.asked import Asked, Given, letter
from engine.lesson.pte import fields_of, filled
from engine.reading.chain import Place


class AnswerWidget(QWidget):
    """Something to answer with; what it holds is read by :meth:`given`."""

    changed = Signal()

    def given(self) -> Given | None:
        """The answer; None while it is not whole."""
        raise NotImplementedError

    def show_moment(self, moment: Moment) -> None:
        """The canvas shows this now."""

    def _column(self) -> QVBoxLayout:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(4))
        return column


class ChoiceAnswer(AnswerWidget):
    """One of several."""

    def __init__(self, asked: Asked) -> None:
        super().__init__()
        column = self._column()
        self.group = QButtonGroup(self)
        for place, text in enumerate(asked.options):
            plain = plain_text(text)
            button = _Radio()
            button.setAccessibleName(f"{letter(place)}: {plain}")
            label = _OptionText(f"{letter(place)}  {plain}", button)
            self.group.addButton(button, place)
            row = row_of(button, label, spacing=6)
            row.setAlignment(button, Qt.AlignmentFlag.AlignTop)
            row.setStretchFactor(label, 1)
            column.addLayout(row)
        self.group.idClicked.connect(lambda _place: self.changed.emit())

    def given(self) -> Given | None:
        place = self.group.checkedId()
        return place if place >= 0 else None


class _Radio(QRadioButton):
    """A circle, with a dot when it is chosen."""

    def sizeHint(self) -> QSize:
        return QSize(theme.px(18), theme.px(18))

    minimumSizeHint = sizeHint

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)

    def paintEvent(self, _event: QPaintEvent) -> None:
        now = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = theme.px(13)
        circle = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        painter.setPen(QPen(now.colour("accent" if self.hasFocus() or self.isChecked() else "dim"), 1.4))
        painter.setBrush(now.colour("raised"))
        painter.drawEllipse(circle)
        if self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(now.colour("accent"))
            painter.drawEllipse(circle.adjusted(3, 3, -3, -3))
        painter.end()


class _OptionText(Text):
    """The words of an option: a click on them chooses it, as one on its button does."""

    def __init__(self, text: str, button: QRadioButton) -> None:
        super().__init__(text, wrap=True)
        self._button = button

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self._button.click()


class NumberAnswer(AnswerWidget):
    """A number, with its unit behind it."""

    def __init__(self, asked: Asked) -> None:
        super().__init__()
        self.field = QLineEdit()
        self.field.setAccessibleName(self.tr("Your answer"))
        self.field.setPlaceholderText(self.tr("a number"))
        self.field.setMaximumWidth(theme.px(140))
        self.field.textChanged.connect(lambda _text: self.changed.emit())
        self._column().addLayout(row_of(self.field, Text(asked.unit, colour="dim"), 1))

    def given(self) -> Given | None:
        text = self.field.text().strip().replace(" ", "").replace("\u202f", "").replace("_", "").replace(",", ".")
        try:
            return int(text, 0) if text.lower().startswith("0x") else float(text)
        except ValueError:
            return None


class ClickAnswer(AnswerWidget):
    """A thing that was clicked on the canvas since the question was shown."""

    def __init__(self, _asked: Asked) -> None:
        super().__init__()
        self._place: Place | None = None
        self._before: object = None
        self.label = Text(self.tr("Click it on the canvas."), colour="dim", wrap=True)
        self._column().addWidget(self.label)
        theme.switch().changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        """A frame around what was clicked."""
        now = theme.current()
        radius, room = theme.px(5), theme.px(7)
        self.label.setStyleSheet(f"border: 1px solid {now.zswap}; border-radius: {radius}px; padding: {room}px;")

    def given(self) -> Given | None:
        return self._place

    def show_moment(self, moment: Moment) -> None:
        """Take what is selected; what was selected before the question came does not count."""
        chosen = moment.selection[:1]
        if self._before is None:
            self._before = chosen
        if not chosen or chosen == self._before:
            return
        self._before = chosen
        from engine.lesson.values import place_name

        self._place = Place(str(chosen[0].thing), chosen[0].number, chosen[0].owner)
        name = place_name(self._place, moment.program, moment.view)
        self.label.show_text(self.tr("Your answer: {name}").format(name=name))
        self.label.set_colour("text")
        self.changed.emit()


class _OrderList(QListWidget):
    """A list whose rows are moved with Alt and the arrow keys."""

    moved = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if by is not None and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.moved.emit(by)
        else:
            super().keyPressEvent(event)


class OrderAnswer(AnswerWidget):
    """Things to be put in order: dragged, or moved with Alt and the arrow keys or the buttons."""

    def __init__(self, asked: Asked) -> None:
        super().__init__()
        self.list = _OrderList()
        self.list.moved.connect(self.move_current)
        self.list.setAccessibleName(self.tr("Put in order, first on top"))
        self.list.setDragDropMode(QListWidget.DragDropMode.InternalMove)
        self.list.setFont(theme.font(13))
        for place, text in enumerate(asked.options):
            item = QListWidgetItem(f"{letter(place)}  {plain_text(text)}")
            item.setData(Qt.ItemDataRole.UserRole, place)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        rows = len(asked.options)
        self.list.setFixedHeight(rows * max(theme.px(26), self.list.sizeHintForRow(0)) + theme.px(6))
        self.list.model().rowsMoved.connect(lambda *_: self._touched())
        self._moved = False
        buttons = []
        for text, by, tip in (("▲", -1, self.tr("Earlier (Alt+Up)")), ("▼", 1, self.tr("Later (Alt+Down)"))):
            button = QToolButton()
            button.setText(text)
            button.setToolTip(tip)
            button.setAccessibleName(tip)
            button.clicked.connect(lambda _on=False, by=by: self.move_current(by))
            buttons.append(button)
        column = self._column()
        column.addWidget(self.list)
        column.addLayout(row_of(*buttons, Text(self.tr("first on top"), colour="dim"), 1))

    def move_current(self, by: int) -> None:
        """Move the chosen thing up or down."""
        row = self.list.currentRow()
        if 0 <= row + by < self.list.count():
            item = self.list.takeItem(row)
            self.list.insertItem(row + by, item)
            self.list.setCurrentRow(row + by)
        self._touched()

    def _touched(self) -> None:
        self._moved = True
        self.changed.emit()

    def given(self) -> Given | None:
        items = (self.list.item(row) for row in range(self.list.count()))
        return tuple(int(item.data(Qt.ItemDataRole.UserRole)) for item in items)


class PteAnswer(AnswerWidget):
    """A page-table entry: its form, and then the fields that an entry of that form has."""

    def __init__(self, _asked: Asked) -> None:
        super().__init__()
        self.form = QComboBox()
        self.form.setAccessibleName(self.tr("Form of the entry"))
        self.form.addItem(self.tr("choose its form"), None)
        for form in Form:
            self.form.addItem(str(form), str(form))
        self.form.currentIndexChanged.connect(lambda _index: self._show_fields())
        self.fields: dict[str, QLineEdit] = {}
        self._holder: QWidget | None = None
        self._body = self._column()
        self._body.addWidget(self.form)

    def _show_fields(self) -> None:
        if self._holder is not None:
            self._holder.deleteLater()
        self.fields = {}
        self._holder = QWidget()
        grid = QGridLayout(self._holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(theme.px(4))
        form = self.form.currentData()
        for place, field in enumerate(fields_of(Form(form)) if form is not None else ()):
            entry = QLineEdit()
            entry.setPlaceholderText("0")
            entry.setAccessibleName(f"{field.name}, {field.bits}")
            entry.setMaximumWidth(theme.px(84 if field.width > 1 else 44))
            entry.textChanged.connect(lambda _text: self.changed.emit())
            name = Text(field.name, mono=True)
            name.setToolTip(f"{field.bits} · {field.kernel}")
            grid.addWidget(name, place // 2, place % 2 * 2)
            grid.addWidget(entry, place // 2, place % 2 * 2 + 1)
            self.fields[field.name] = entry
        grid.setColumnStretch(3, 1)
        self._body.addWidget(self._holder)
        self.changed.emit()

    def given(self) -> Given | None:
        form = self.form.currentData()
        if form is None:
            return None
        values = {}
        for name, entry in self.fields.items():
            text = entry.text().strip() or "0"
            try:
                values[name] = int(text, 0) if text.lower().startswith("0x") else int(text)
            except ValueError:
                return None
        return filled(Form(form), values)


def answer_widget(asked: Asked) -> AnswerWidget:
    """What a question is answered with."""
    makers: dict[str, Any] = {"choice": ChoiceAnswer, "next": ChoiceAnswer, "number": NumberAnswer,
                              "click": ClickAnswer, "order": OrderAnswer, "pte": PteAnswer}  # fmt: skip
    made: AnswerWidget = makers[asked.kind](asked)
    return made


def plain_text(text: str) -> str:
    """Markdown without its links and marks."""
    from engine.scenario.prose import without_links

    return without_links(text).replace("**", "").replace("`", "").strip()

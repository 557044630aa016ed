"""The command palette: type a few letters and go anywhere: actions, scenarios, marks, kinds, panels, branches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from app import actions, theme
from app.thread.player import event_kinds
from app.words.fuzzy import score
from app.words.language import plain
from app.words.numbers import count
from app.words.said import declared
from engine.shocks import SHOCKS

if TYPE_CHECKING:
    from app.shell.window import MainWindow

MOST_SHOWN = 60
_ENTRY = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class Entry:
    """One thing that can be done."""

    text: str
    group: str
    """What sort of thing it is, for the left margin."""
    keys: str
    does: Callable[[], object]


def entries(window: MainWindow) -> Iterator[Entry]:
    """Everything that can be done in the window now."""
    tr = window.tr
    for title, names in actions.MENUS:
        for name in names:
            action = window.actions_by_name.get(name)
            if action is not None and action.isEnabled() and name != "palette":
                keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
                yield Entry(_plain(action.text()), _plain(tr(title)), keys, action.trigger)
    for shock in SHOCKS:
        action = window.actions_by_name[f"shock_{shock.key}"]
        if action.isEnabled():
            yield Entry(action.text(), tr("Shock"), "", action.trigger)
    for dock in window.docks.all if window.docks.run_shown else ():
        yield Entry(dock.windowTitle(), tr("Panel"), "", partial(window.docks.bring, dock))
    for mark in window.timeline.marks:
        yield Entry(mark.name, tr("Mark"), count(mark.at), partial(window.player.jump, mark.at))
    if window.frame is not None:
        for kind in event_kinds():
            text = tr("Next: {kind}").format(kind=declared(kind.name))
            keys = f"{kind.function}()" if kind.function else ""
            yield Entry(text, tr("Kind"), keys, partial(window.player.seek, frozenset({kind.number}), 1))
        for number, branch in enumerate(window.frame.branches):
            text = branch.name if number else tr("As the scenario has it")
            yield Entry(text, tr("Branch"), count(branch.at), partial(window.branching.switch, number))
    for scenario in window.scenarios:
        yield Entry(scenario.shown_title, tr("Scenario"), "", partial(window.open, scenario.path))
    shipped = {scenario.path for scenario in window.scenarios}
    for path in window.settings.recent():
        if path not in shipped:
            yield Entry(path.name, tr("Recent"), "", partial(window.open, path))


def find(typed: str, among: list[Entry]) -> list[Entry]:
    """The entries that fit, best first; all in their order while nothing is typed."""
    if not typed.strip():
        return among[:MOST_SHOWN]
    scored = [(score(typed, f"{entry.text} {entry.group}"), entry) for entry in among]
    fitting = sorted(((value, entry) for value, entry in scored if value is not None), key=lambda pair: -pair[0])
    return [entry for _, entry in fitting[:MOST_SHOWN]]


class Palette(QDialog):
    """A line to type in and what fits below it; closed by what is chosen, by Escape and by a click elsewhere."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("palette")
        self.setWindowTitle(self.tr("Command palette"))
        self._entries = list(entries(window))
        self.line = QLineEdit()
        self.line.setPlaceholderText(self.tr("Type what you want to do or where you want to go"))
        self.line.setAccessibleName(self.tr("What to look for"))
        self.line.textChanged.connect(self._fill)
        self.line.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("What fits"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setItemDelegate(_Line(self))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(lambda _item: self.choose())
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(10), theme.px(10), theme.px(10), theme.px(10))
        column.setSpacing(theme.px(8))
        column.addWidget(self.line)
        column.addWidget(self.list)
        self.line.setFont(theme.font(15))
        self.list.setFont(theme.font(13))
        width = min(theme.px(640), window.width() - theme.px(40))
        self.resize(width, min(theme.px(460), window.height() - theme.px(80)))
        self.move(window.mapToGlobal(window.rect().topLeft()) + QPoint((window.width() - width) // 2, theme.px(60)))
        self._fill("")
        self.line.setFocus()

    @property
    def shown(self) -> list[Entry]:
        """What fits now, best first."""
        return [self.list.item(row).data(_ENTRY) for row in range(self.list.count())]

    def choose(self) -> None:
        """Do what is marked."""
        item = self.list.currentItem()
        if item is None:
            return
        entry: Entry = item.data(_ENTRY)
        self.close()
        entry.does()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The arrows move in the list while the line is typed in."""
        if watched is self.line and event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
            if event.key() in steps and self.list.count():
                row = self.list.currentRow() + steps[Qt.Key(event.key())]
                last = self.list.count() - 1
                single = abs(steps[Qt.Key(event.key())]) == 1
                self.list.setCurrentRow(row % (last + 1) if single else min(last, max(0, row)))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.choose()
                return True
        return False

    def _fill(self, typed: str) -> None:
        self.list.clear()
        for entry in find(typed, self._entries):
            item = QListWidgetItem(entry.text)
            item.setData(_ENTRY, entry)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{entry.group}: {entry.text}")
            self.list.addItem(item)
        self.list.setCurrentRow(0)


class _Line(QStyledItemDelegate):
    """What it is on the left, its sort and its key on the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        size = super().sizeHint(option, index)
        size.setHeight(theme.px(28))
        return size

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        entry: Entry = index.data(_ENTRY)
        colours = theme.current()
        box = option.rect.adjusted(theme.px(8), 0, -theme.px(8), 0)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.colour("hover"))
            painter.drawRoundedRect(option.rect, theme.px(4), theme.px(4))
        small = QFontMetrics(theme.font(12))
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.setPen(colours.colour("dim"))
        painter.setFont(theme.font(12))
        painter.drawText(box, right, entry.group)
        used = small.horizontalAdvance(entry.group) + theme.px(14)
        painter.setFont(theme.mono(12))
        painter.drawText(box.adjusted(0, 0, -max(used, theme.px(84)), 0), right, entry.keys)
        used = max(used, theme.px(84)) + QFontMetrics(theme.mono(12)).horizontalAdvance(entry.keys) + theme.px(14)
        painter.setPen(colours.colour("text"))
        painter.setFont(theme.font(13))
        text = QFontMetrics(theme.font(13)).elidedText(entry.text, Qt.TextElideMode.ElideRight, box.width() - used)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.restore()


def _plain(text: str) -> str:
    return plain(text).removesuffix("…")

"""Picks a setting and the value it has in the run that is compared with."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QCompleter, QToolButton, QWidget

from app.panels.knob import Knob
from app.panels.pressure import sensible_range
from app.panels.widgets import column_of, row_of
from engine.mm import image as im
from engine.mm.schema import Setting
from engine.program import Program
from engine.variant import can_vary, value_in, values_of


class SettingChoice(QWidget):
    """A list of all settings with a field to search it, and below the chosen one's value."""

    chosen = Signal(str, int)
    """Key of a setting and the value it is to have."""
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._program: Program | None = None
        self.knob: Knob | None = None
        self.list = QComboBox()
        self.list.setEditable(True)
        self.list.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.list.setAccessibleName(self.tr("Setting that differs"))
        self.list.lineEdit().setPlaceholderText(self.tr("Setting: name or meaning"))
        self.list.completer().setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.list.completer().setFilterMode(Qt.MatchFlag.MatchContains)
        self.list.activated.connect(self._picked)
        self.close_button = QToolButton()
        self.close_button.setText("×")
        self.close_button.setProperty("flat", True)
        self.close_button.setToolTip(self.tr("Compare with something else"))
        self.close_button.setAccessibleName(self.tr("Compare with something else"))
        self.close_button.clicked.connect(lambda _on=False: self.closed.emit())
        self._row = row_of(self.list, self.close_button, spacing=4)
        self._row.setStretchFactor(self.list, 1)
        column_of(self, 2, 0).addLayout(self._row)

    def show_program(self, program: Program) -> None:
        """Offer the settings that this run can be compared under."""
        if program is self._program:
            return
        self._program = program
        with QSignalBlocker(self.list):
            self.list.clear()
            for setting in im.schema.settings:
                if can_vary(program, setting):
                    self.list.addItem(setting.key.removeprefix("machine."), setting.key)
                    self.list.setItemData(self.list.count() - 1, setting.meaning, Qt.ItemDataRole.ToolTipRole)
            self.list.setCurrentIndex(-1)
        self._show_knob(None, 0)

    def show_choice(self, key: str, value: int) -> None:
        """Show a setting with its value in the other run; an empty key: none is chosen."""
        with QSignalBlocker(self.list):
            self.list.setCurrentIndex(self.list.findData(key) if key else -1)
        self._show_knob(im.schema.setting_for(key) if key else None, value)

    def _picked(self, row: int) -> None:
        key = self.list.itemData(row)
        if key and self._program is not None:
            setting = im.schema.setting_for(key)
            self.chosen.emit(key, another_value(self._program, setting))

    def _show_knob(self, setting: Setting | None, value: int) -> None:
        if self.knob is not None and (setting is None or self.knob.setting is not setting):
            self.knob.hide()
            self.knob.deleteLater()
            self.knob = None
        self.list.setVisible(setting is None)
        if setting is None or self._program is None:
            return
        if self.knob is None:
            self.knob = Knob(setting, setting.key.rpartition(".")[2])
            self.knob.committed.connect(lambda key, value: self.chosen.emit(key, int(value)))
            self._row.insertWidget(0, self.knob, 1)
        low, high = values_of(self._program, setting)
        ours = value_in(self._program, setting)
        least, most = sensible_range(setting, ours)
        self.knob.limit(low, high)
        self.knob.show_value(value, ours, max(low, least), min(high, most))


def another_value(program: Program, setting: Setting) -> int:
    """A value to begin with: the other of two, the next of several, or half."""
    low, high = values_of(program, setting)
    ours = value_in(program, setting)
    if setting.choices or high - low == 1:
        return low + (ours - low + 1) % (high - low + 1)
    half = min(high, max(low, ours // 2))
    return half if half != ours else min(high, ours + 1)

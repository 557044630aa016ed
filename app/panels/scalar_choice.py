"""A choice of one gauge or counter among all there are, found by typing a part of its name."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QCompleter, QWidget

from app.series import choices
from app.words.language import language
from app.words.said import declared
from app.words.terms import tip
from engine.mm.schema import Scalar


def _tip(scalar: Scalar) -> str:
    """What a figure counts, and the word behind it."""
    unit = f" [{declared(scalar.unit)}]" if scalar.unit else ""
    return tip(f"{declared(scalar.meaning)}{unit}", scalar.name, scalar.kernel)


class ScalarChoice(QComboBox):
    """Picks a gauge or counter by its name; typing finds it by any part of the name."""

    def __init__(self, label: str, nothing: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(label)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setMinimumContentsLength(5)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if nothing:
            self.addItem(nothing, "")
        for scalar in choices():
            self.addItem(scalar.name, scalar.name)
            self.setItemData(self.count() - 1, _tip(scalar), Qt.ItemDataRole.ToolTipRole)
        completer, edit = self.completer(), self.lineEdit()
        assert completer is not None
        assert edit is not None
        self._edit = edit
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        edit.editingFinished.connect(self._settle)
        self.currentIndexChanged.connect(self._show_start)
        language().changed.connect(self._tell_again)
        self._show_start()

    @property
    def name(self) -> str:
        """Name of the scalar that is picked; empty for none."""
        return str(self.currentData() or "")

    def pick(self, name: str) -> None:
        """Pick a scalar by its name; an unknown one changes nothing."""
        found = self.findData(name)
        if found >= 0:
            self.setCurrentIndex(found)

    def _settle(self) -> None:
        # What was typed is a name, or it is put back.
        found = self.findText(self.currentText(), Qt.MatchFlag.MatchFixedString)
        self.setCurrentIndex(found if found >= 0 else self.currentIndex())
        self.setEditText(self.itemText(self.currentIndex()))
        self._show_start()

    def _tell_again(self) -> None:
        """In another language now."""
        for scalar in choices():
            self.setItemData(self.findData(scalar.name), _tip(scalar), Qt.ItemDataRole.ToolTipRole)
        self._show_start()

    def _show_start(self) -> None:
        self.setToolTip(str(self.itemData(self.currentIndex(), Qt.ItemDataRole.ToolTipRole) or ""))
        self._edit.setCursorPosition(0)

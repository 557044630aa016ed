"""One setting of the machine as a row: its name, its value to type, and a slider, a switch or a choice."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QHideEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import QComboBox, QMenu, QSlider, QSpinBox, QVBoxLayout, QWidget

from app import theme
from app.panels.widgets import Text, Toggle, row_of
from app.words.language import language
from app.words.numbers import count
from app.words.said import declared
from app.words.terms import tip
from engine.mm.schema import Setting

REST_MS = 250
"""A slider that is dragged commits once it has rested this long."""
FIELD_WIDTH = 118


class Slider(QSlider):
    """A slider that a wheel moves only once it has the focus: the panel around it scrolls."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Field(QSpinBox):
    """A number with its unit, with gaps between its thousands."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def textFromValue(self, value: int) -> str:
        return count(value)

    def valueFromText(self, text: str) -> int:
        digits = _digits(text.removesuffix(self.suffix()))
        return min(max(int(digits), self.minimum()), self.maximum()) if digits else self.value()

    def validate(self, text: str, at: int) -> tuple[QValidator.State, str, int]:
        """Digits past the range may be typed: on Enter they become its end, not the first few of them."""
        typed = text.removesuffix(self.suffix())
        digits = _digits(typed)
        if not all(letter.isdigit() or letter.isspace() for letter in typed):
            return QValidator.State.Invalid, text, at
        whole = bool(digits) and self.minimum() <= int(digits) <= self.maximum()
        return QValidator.State.Acceptable if whole else QValidator.State.Intermediate, text, at

    def fixup(self, text: str) -> str:
        return self.textFromValue(self.valueFromText(text)) + self.suffix()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


def value_text(setting: Setting, value: int) -> str:
    """A value as people read it, with its unit or the name of the choice."""
    if setting.choices:
        return setting.choices[value]
    if _is_switch(setting):
        return QCoreApplication.translate("Knob", "on" if value else "off")
    return f"{count(value)} {declared(setting.unit)}".rstrip()


def _is_switch(setting: Setting) -> bool:
    return (setting.low, setting.high) == (0, 1)


class Knob(QWidget):
    """Shows a setting's value and asks for another one when the person has settled on it."""

    committed = Signal(str, object)
    """Key of the setting and the value wanted, another one than is shown by the machine."""

    def __init__(self, setting: Setting, label: str, described: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setting = setting
        self.value = setting.default
        """What the machine has."""
        self.initial = setting.default
        """What the scenario has."""
        self.reason = ""
        self.range = (setting.low, setting.high)
        """Least and most that may be chosen."""
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._commit)
        self.name = Text(label, size=12.5)
        self.note = Text("", size=11.5, colour="dim", wrap=True)
        self._described = described
        self.slider: Slider | None = None
        self.field: Field | None = None
        self.choice: QComboBox | None = None
        self.check: Toggle | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(2))
        if setting.choices:
            self.choice = self._choice(setting)
            heading = row_of(self.name, 1, self.choice)
        elif _is_switch(setting):
            self.check = Toggle()
            self.check.toggled.connect(lambda on: self._settle(int(on)))
            heading = row_of(self.name, 1, self.check)
        else:
            self.field, self.slider = self._number(setting)
            heading = row_of(self.name, 1, self.field)
        column.addLayout(heading)
        if self.slider is not None:
            column.addWidget(self.slider)
        column.addWidget(self.note)
        self._inputs = [part for part in (self.slider, self.field, self.choice, self.check) if part is not None]
        for part in self._inputs:
            part.setAccessibleName(label)
        self.name.setBuddy(self._inputs[-1])
        theme.switch().changed.connect(self._restyle)
        language().changed.connect(self._tell_again)
        self._restyle()
        self._explain()

    def _number(self, setting: Setting) -> tuple[Field, Slider]:
        field, slider = Field(), Slider()
        field.setRange(setting.low, setting.high)
        if setting.unit:
            field.setSuffix(f" {declared(setting.unit)}")
        field.valueChanged.connect(self._typed)
        slider.setRange(setting.low, setting.high)
        slider.valueChanged.connect(self._dragged)
        slider.sliderReleased.connect(self._commit)
        return field, slider

    def _choice(self, setting: Setting) -> QComboBox:
        choice = QComboBox()
        choice.addItems(setting.choices)
        choice.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        choice.activated.connect(self._settle)
        return choice

    def limit(self, low: int, high: int) -> None:
        """Let only values from ``low`` to ``high`` be chosen."""
        if (low, high) == self.range:
            return
        self.range = low, high
        self._explain()
        if self.field is not None:
            with QSignalBlocker(self.field):
                self.field.setRange(low, high)
        if self.choice is not None:
            model = self.choice.model()
            for row in range(self.choice.count()):
                flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
                model.setData(model.index(row, 0), flags if low <= row <= high else Qt.ItemFlag.NoItemFlags,
                              Qt.ItemDataRole.UserRole - 1)  # fmt: skip

    # -- what the machine says ----------------------------------------------------------------

    def show_value(self, value: int, initial: int, low: int, high: int, reason: str = "") -> None:
        """Show what the machine has; a hand on the slider is not disturbed.

        ``low`` and ``high`` bound the slider, stretched so that the value fits; ``reason`` says why
        the setting has no effect now, and is empty where it has.
        """
        if initial != self.initial:
            self.initial = initial
            self._explain()
        if reason != self.reason:
            self.reason = reason
            for part in self._inputs:
                part.setEnabled(not reason)
            self.name.set_colour("dim" if reason else "text")
            self._explain()
        if self.slider is not None:
            low, high = min(low, value), max(high, value)
            if (self.slider.minimum(), self.slider.maximum()) != (low, high):
                with QSignalBlocker(self.slider):
                    self.slider.setRange(low, high)
                self.slider.setPageStep(max(1, (high - low) // 10))
        if (value == self.value and not self._differs()) or self.in_hand:
            self.value = value
            return
        self.value = value
        self._show(value)

    @property
    def in_hand(self) -> bool:
        """Somebody is about to choose a value."""
        typing = self.field is not None and self.field.hasFocus() and self.field.lineEdit().isModified()
        return self._rest.isActive() or typing or (self.slider is not None and self.slider.isSliderDown())

    def _differs(self) -> bool:
        return self.wanted != self.value

    @property
    def wanted(self) -> int:
        """What the inputs show."""
        if self.field is not None:
            return self.field.value()
        if self.choice is not None:
            return self.choice.currentIndex()
        return int(self.check.isChecked()) if self.check is not None else self.value

    def _show(self, value: int) -> None:
        for part in self._inputs:
            with QSignalBlocker(part):
                if isinstance(part, QComboBox):
                    part.setCurrentIndex(value)
                elif isinstance(part, Toggle):
                    part.setChecked(bool(value))
                elif isinstance(part, Field | Slider):
                    part.setValue(value)

    # -- what the person wants ----------------------------------------------------------------

    def _dragged(self, value: int) -> None:
        if self.field is not None:
            with QSignalBlocker(self.field):
                self.field.setValue(value)
        self._rest.start()

    def _typed(self, value: int) -> None:
        if self.slider is not None:
            with QSignalBlocker(self.slider):
                self.slider.setRange(min(self.slider.minimum(), value), max(self.slider.maximum(), value))
                self.slider.setValue(value)
        self._commit()

    def _settle(self, _value: int) -> None:
        self._commit()

    def _commit(self) -> None:
        self._rest.stop()
        if self._differs():
            self.committed.emit(self.setting.key, self.wanted)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        back = menu.addAction(self.tr("Back to the scenario's value: {}").format(self.text_of(self.initial)))
        default = menu.addAction(self.tr("Default: {}").format(self.text_of(self.setting.default)))
        for action in (back, default):
            action.setEnabled(not self.reason)
        back.triggered.connect(lambda: self.ask(self.initial))
        default.triggered.connect(lambda: self.ask(self.setting.default))
        menu.exec(event.globalPos())
        menu.deleteLater()

    def ask(self, value: int) -> None:
        """Ask for a value as if it had been typed."""
        self._show(value)
        self._commit()

    def hideEvent(self, event: QHideEvent) -> None:
        # Nothing is asked for by a panel that nobody sees.
        self._rest.stop()
        super().hideEvent(event)

    # -- texts --------------------------------------------------------------------------------

    def text_of(self, value: int) -> str:
        """A value as people read it."""
        return value_text(self.setting, value)

    def _origin(self) -> str:
        """The kernel's name for it, and its default, in one line."""
        default = self.tr("default {value}").format(value=self.text_of(self.setting.default))
        if self.setting.key.startswith("machine.swapfile."):
            # A swapfile has as many slots as the scenario says; the kernel knows no default.
            default = self.tr("in the scenario {value}").format(value=self.text_of(self.initial))
        return " · ".join(part for part in (self.setting.kernel, default) if part)

    def matches(self, words: str) -> bool:
        """Whether every word is somewhere in its key, name, meaning or kernel name."""
        setting = self.setting
        told = (setting.meaning, declared(setting.meaning))
        where = " ".join((setting.key, self.name.text(), *told, setting.kernel)).lower()
        return all(word in where for word in words.lower().split())

    def _tell_again(self) -> None:
        """In another language now."""
        if self.field is not None and self.setting.unit:
            self.field.setSuffix(f" {declared(self.setting.unit)}")
        self._explain()

    def _explain(self) -> None:
        facts = self._facts()
        for part in self._inputs:
            part.setAccessibleDescription(facts)
        facts = tip(facts, self.setting.key)
        self.setToolTip(f"{self.reason}\n\n{facts}" if self.reason else facts)
        end = self.reason or self._origin()
        self.note.show_text(self.tr("{meaning}. {reason}").format(meaning=declared(self.setting.meaning), reason=end)
                            if self._described else end)  # fmt: skip

    def _facts(self) -> str:
        """Meaning, unit, kernel name, key, default and range."""
        setting = self.setting
        lines = [declared(setting.meaning) + self.tr(".")]
        if setting.kernel:
            lines.append(self.tr("Kernel: {name}").format(name=setting.kernel))
        lines.append(self.tr("Key: {key}").format(key=setting.key))
        default = self.text_of(setting.default)
        if setting.choices:
            choices = ", ".join(setting.choices)
            lines.append(self.tr("Default: {default}; one of {choices}").format(default=default, choices=choices))
        elif self.check is not None:
            lines.append(self.tr("Default: {}").format(default))
        else:
            lines.append(self.tr("Default: {default}; {low} to {high}").format(
                default=default, low=count(self.range[0]), high=count(self.range[1])))  # fmt: skip
        return "\n".join(lines)

    def _restyle(self) -> None:
        if self.slider is not None:
            self.slider.setMinimumHeight(theme.px(20))
        if self.field is not None:
            self.field.setFont(theme.mono(12))
            self.field.setFixedWidth(theme.px(FIELD_WIDTH))
            self.field.setStyleSheet(
                f"QSpinBox {{ background: transparent; border-color: transparent; padding: {theme.px(1)}px 0; }}"
                f"QSpinBox:hover, QSpinBox:focus {{ background: {theme.current().raised}; }}"
                f"QSpinBox:focus {{ border-color: {theme.current().accent}; }}"
                f"QSpinBox:disabled {{ color: {theme.current().dim}; }}"
            )


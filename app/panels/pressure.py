"""The pressure panel: every setting of the machine at the cursor, to be changed there."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from app import theme
from app.moment import Moment
from app.panels.knob import Knob, value_text
from app.panels.widgets import Empty, Fold, Rule, Text, column_of, scrolled
from engine.mm import image as im
from engine.mm.schema import Setting
from engine.shocks import LEAST_FRAMES, SHOCKS, Shock, Steps
from engine.step import Set

FIRST = {
    "machine.frames": "Memory",
    "machine.working_set_percent": "Working set",
    "machine.zswap.max_pool_percent": "max_pool_percent",
    "machine.zswap.accept_threshold_percent": "accept threshold",
    "machine.swapfile.0.slots": "Swapfile",
}
"""The settings that matter most, with short names, in the order shown."""
SECOND = ("machine.zswap.enabled", "machine.page_cluster", "machine.zswap.shrinker_enabled")
"""What stands first among the others."""
MADE_AT_ONCE = 3
"""Knobs made in one turn of the event loop: each takes more than a millisecond, and there are fifty."""


def _say(text: str) -> str:
    """In the language of the window."""
    return QCoreApplication.translate("Pressure", text)


class PressurePanel(QWidget):
    """A knob for each setting; what it asks for opens a branch of the run."""

    change_requested = Signal(str, object)
    """Key of a setting and its new value."""
    shock_requested = Signal(str)
    """Key of a shock."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Pressure"))
        self._moment: Moment | None = None
        self._made: dict[str, Knob] = {}
        self._missing: list[Setting] = []
        self._making = QTimer(self)
        self._making.setInterval(0)
        self._making.timeout.connect(lambda: self._make(MADE_AT_ONCE))
        self.shocks: dict[str, QPushButton] = {}
        self.branch = Text(size=12, colour="dim", wrap=True)
        body = QWidget()
        column = column_of(body, 7)
        column.addLayout(self._shock_grid())
        column.addSpacing(theme.px(2))
        for key, label in FIRST.items():
            column.addWidget(self._knob(im.schema.setting_for(key), self.tr(label), described=False))
        column.addWidget(self.branch)
        column.addWidget(Rule())
        column.addWidget(self._others())
        column.addStretch(1)
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(
            Empty(self.tr("No machine yet"), self.tr("Open a scenario; here you take memory away or give it some."))
        )
        self._stack.addWidget(scrolled(body))

    @property
    def knobs(self) -> dict[str, Knob]:
        """The knobs by the keys of their settings; those still missing are made."""
        self._make(len(self._missing))
        return self._made

    def _knob(self, setting: Setting, label: str, described: bool) -> Knob:
        knob = Knob(setting, label, described)
        knob.committed.connect(self.change_requested)
        self._made[setting.key] = knob
        return knob

    def _make(self, count: int) -> None:
        """So many of the knobs that are missing."""
        now, self._missing = self._missing[:count], self._missing[count:]
        for setting in now:
            knob = self._knob(setting, setting.key.removeprefix("machine."), described=True)
            self._rest.addWidget(knob)
            knob.setVisible(knob.matches(self.filter.text()) and not self._absent(setting.key))
            if self._moment is not None:
                self._show_knob(knob, self._moment)
        if not self._missing:
            self._making.stop()

    def _shock_grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(theme.px(6))
        for number, shock in enumerate(SHOCKS):
            button = QPushButton(self.tr(shock.name))
            button.clicked.connect(lambda _checked=False, key=shock.key: self.shock_requested.emit(key))
            grid.addWidget(button, number // 2, number % 2)
            self.shocks[shock.key] = button
        return grid

    def _others(self) -> QWidget:
        rest = [im.schema.setting_for(key) for key in SECOND]
        rest += [setting for setting in im.schema.settings if setting.key not in FIRST and setting not in rest]
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(10))
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(self.tr("Filter: name, meaning or kernel name"))
        self.filter.setClearButtonEnabled(True)
        self.filter.setAccessibleName(self.tr("Filter of settings"))
        self.filter.textChanged.connect(self._filter)
        column.addWidget(self.filter)
        self._rest = QVBoxLayout()
        self._rest.setSpacing(theme.px(10))
        column.addLayout(self._rest)
        self._missing = rest
        self._making.start()
        self.nothing = Text(self.tr("No setting has that in its name or meaning."), colour="dim", wrap=True)
        self.nothing.hide()
        column.addWidget(self.nothing)
        self.others = Fold(self.tr("All settings"), content)
        return self.others

    # -- what is shown ------------------------------------------------------------------------

    def show_moment(self, moment: Moment) -> None:
        """Show the settings as they are at the cursor, in ranges that suit the scenario."""
        self._moment = moment
        self._stack.setCurrentIndex(1)
        files = len(moment.program.swapfiles)
        for knob in self._made.values():
            self._show_knob(knob, moment)
        self._hide_absent_files(files)
        for shock in SHOCKS:
            steps = shock.steps(moment.program, moment.view)
            button = self.shocks[shock.key]
            button.setEnabled(not isinstance(steps, str))
            button.setToolTip(self.tr(steps) if isinstance(steps, str) else self._shock_tip(shock, steps))
        if moment.branch:
            text = self.tr("On branch “{}”. A change opens another one here.").format(moment.branch)
        else:
            text = self.tr("A change opens a branch here: the run as the scenario has it stays.")
        self.branch.show_text(text)

    @staticmethod
    def _show_knob(knob: Knob, moment: Moment) -> None:
        value, initial = moment.view.scalar(knob.setting.address), _initial(moment, knob.setting)
        least, most = moment.program.limits(knob.setting.key)
        low, high = sensible_range(knob.setting, initial)
        knob.limit(least, most)
        low, high = max(low, least), min(high, most)
        knob.show_value(value, initial, low, high, no_effect(moment, knob.setting.key))

    def _shock_tip(self, shock: Shock, steps: Steps) -> str:
        changes = [step for step in steps if isinstance(step, Set)]
        told = [f"{step.key}: {value_text(im.schema.setting_for(step.key), step.value)}" for step in changes]
        return "\n".join([self.tr(shock.tip), *told])

    def _filter(self, words: str) -> None:
        for key, knob in self.knobs.items():
            if key not in FIRST:
                knob.setVisible(knob.matches(words) and not self._absent(key))
        shown = [key for key, knob in self.knobs.items() if key not in FIRST and not knob.isHidden()]
        self.nothing.setVisible(not shown)

    def _absent(self, key: str) -> bool:
        """A swapfile that the scenario does not have, beyond the first."""
        number = _swapfile_number(key)
        return number is not None and number >= (len(self._moment.program.swapfiles) if self._moment else 1)

    def _hide_absent_files(self, files: int) -> None:
        for number in range(1, len(im.SWAPFILE_SLOTS)):
            knob = self._made.get(f"machine.swapfile.{number}.slots")
            if knob is None:
                continue
            wanted = number < files and knob.matches(self.filter.text())
            if knob.isHidden() == wanted:
                knob.setVisible(wanted)


def sensible_range(setting: Setting, initial: int) -> tuple[int, int]:
    """The ends of a slider: a scale that suits the scenario, within what the setting allows."""
    if setting.key == "machine.frames":
        low, high = LEAST_FRAMES, 2 * initial
    elif setting.key == "machine.working_set_percent":
        low, high = 10, 200
    elif setting.high <= 100:
        low, high = setting.low, setting.high
    elif setting.key.startswith("machine.swapfile."):
        low, high = 0, 2 * initial
    else:
        low, high = setting.low, 4 * max(initial, setting.default, 16)
    low = max(setting.low, low)
    return low, max(low + 1, min(setting.high, high))


def no_effect(moment: Moment, key: str) -> str:
    """Why a setting cannot be changed or has no effect at this moment; empty where it has one."""
    view = moment.view
    number = _swapfile_number(key)
    if number is not None and number >= len(moment.program.swapfiles):
        return _say("The scenario has no swapfile.")
    if key == "machine.design":
        return _say("A run has one design from its start; compare runs another one beside it.")
    if key.startswith("machine.zswap.") and key != "machine.zswap.enabled" and not view.scalar(im.ZSWAP_ENABLED):
        return _say("zswap is off.")
    if key == "machine.zswap.max_pool_percent" and view.scalar(im.MAX_POOL_PAGES):
        return _say("max_pool_pages is set and goes first.")
    if key == "machine.zswap.writeback" and not moment.program.swapfiles:
        return _say("The scenario has no swapfile.")
    if key.startswith("machine.swap_desc.") and view.scalar(im.DESIGN) != 1:
        return _say("Only the swap_desc design has descriptors.")
    if key.startswith("machine.watermark_") and view.scalar(im.RECLAIM) == 1:
        return _say("A hard limit has no watermarks.")
    if key == "machine.zswap.chain_size" and view.scalar(im.ALLOCATOR):
        return _say("Only zsmalloc chains pages.")
    return ""


def _initial(moment: Moment, setting: Setting) -> int:
    number = _swapfile_number(setting.key)
    if number is not None and number < len(moment.program.swapfiles):
        return moment.program.settings.get(setting.key, moment.program.swapfiles[number].slots)
    return moment.program.setting(setting.key)


def _swapfile_number(key: str) -> int | None:
    parts = key.split(".")
    return int(parts[2]) if parts[1] == "swapfile" else None

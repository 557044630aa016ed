"""The pressure panel: every setting of the machine at the cursor, to be changed there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from app import theme
from app.moment import Moment
from app.panels.knob import Knob
from app.panels.widgets import Empty, Fold, Rule, Text, column_of, scrolled
from engine.mm import image as im
from engine.mm.schema import Setting

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
LEAST_FRAMES = 8


@dataclass(frozen=True)
class Shock:
    """Something sudden: the changes it asks for, or why it cannot be."""

    name: str
    tip: str
    changes: Callable[[Moment], dict[str, int] | str]


def _say(text: str) -> str:
    """In the language of the window."""
    return QCoreApplication.translate("Pressure", text)


def _half_memory(moment: Moment) -> dict[str, int] | str:
    frames = moment.view.scalar(im.FRAMES)
    if frames <= LEAST_FRAMES:
        return _say("Memory has only {n} frames left.").format(n=frames)
    return {"machine.frames": max(LEAST_FRAMES, frames // 2)}


def _half_pool(moment: Moment) -> dict[str, int] | str:
    if not moment.view.scalar(im.ZSWAP_ENABLED):
        return _say("zswap is off.")
    pages = moment.view.scalar(im.MAX_POOL_PAGES)
    if pages:
        return {"machine.zswap.max_pool_pages": pages // 2} if pages > 1 else _say("The pool has only one page left.")
    percent = moment.view.scalar(im.MAX_POOL_PERCENT)
    if percent <= 1:
        return _say("The pool is at 1 % already.")
    return {"machine.zswap.max_pool_percent": percent // 2}


def _zswap_off(moment: Moment) -> dict[str, int] | str:
    return {"machine.zswap.enabled": 0} if moment.view.scalar(im.ZSWAP_ENABLED) else _say("zswap is off already.")


def _swap_full(moment: Moment) -> dict[str, int] | str:
    changes = {}
    for number in range(len(moment.program.swapfiles)):
        used, slots = moment.view.at(im.SI_INUSE, number + 1), moment.view.scalar(im.SWAPFILE_SLOTS[number])
        if used < slots:
            changes[f"machine.swapfile.{number}.slots"] = used
    if not moment.program.swapfiles:
        return _say("The scenario has no swapfile.")
    return changes or _say("Every slot is in use already.")


SHOCKS = (
    Shock("Memory to half", "Half of the frames are gone at once", _half_memory),
    Shock("Pool to half", "The pool's limit drops to half of what it is", _half_pool),
    Shock("zswap off", "Nothing is compressed from here on; what is in the pool stays", _zswap_off),
    Shock("Swapfile full", "Every swapfile ends at the slots that are in use now", _swap_full),
)


class PressurePanel(QWidget):
    """A knob for each setting; what it asks for opens a branch of the run."""

    change_requested = Signal(str, object)
    """Key of a setting and its new value."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Pressure"))
        self._moment: Moment | None = None
        self.knobs: dict[str, Knob] = {}
        self.shocks: dict[str, QPushButton] = {}
        self.branch = Text(size=12, colour="dim", wrap=True)
        body = QWidget()
        column = column_of(body, 7)
        for key, label in FIRST.items():
            column.addWidget(self._knob(im.schema.setting_for(key), self.tr(label), described=False))
        column.addSpacing(theme.px(2))
        column.addLayout(self._shock_grid())
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

    def _knob(self, setting: Setting, label: str, described: bool) -> Knob:
        knob = Knob(setting, label, described)
        knob.committed.connect(self.change_requested)
        self.knobs[setting.key] = knob
        return knob

    def _shock_grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(theme.px(6))
        for number, shock in enumerate(SHOCKS):
            button = QPushButton(self.tr(shock.name))
            button.clicked.connect(lambda _checked=False, shock=shock: self._strike(shock))
            grid.addWidget(button, number // 2, number % 2)
            self.shocks[shock.name] = button
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
        for setting in rest:
            column.addWidget(self._knob(setting, setting.key.removeprefix("machine."), described=True))
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
        for key, knob in self.knobs.items():
            value, initial = moment.view.scalar(knob.setting.address), _initial(moment, knob.setting)
            low, high = sensible_range(knob.setting, initial)
            knob.show_value(value, initial, low, high, no_effect(moment, key))
        self._hide_absent_files(files)
        for shock in SHOCKS:
            changes = shock.changes(moment)
            button = self.shocks[shock.name]
            button.setEnabled(not isinstance(changes, str))
            button.setToolTip(changes if isinstance(changes, str) else self._shock_tip(shock, changes))
        if moment.branch:
            text = self.tr("On branch “{}”. A change opens another one here.").format(moment.branch)
        else:
            text = self.tr("A change opens a branch here: the run as the scenario has it stays.")
        self.branch.show_text(text)

    def _shock_tip(self, shock: Shock, changes: dict[str, int]) -> str:
        told = "\n".join(f"{key}: {self.knobs[key].text_of(value)}" for key, value in changes.items())
        return f"{self.tr(shock.tip)}.\n{told}"

    def _strike(self, shock: Shock) -> None:
        if self._moment is None:
            return
        changes = shock.changes(self._moment)
        if not isinstance(changes, str):
            for key, value in changes.items():
                self.change_requested.emit(key, value)

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
            knob = self.knobs[f"machine.swapfile.{number}.slots"]
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

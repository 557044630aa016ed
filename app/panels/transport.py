"""The transport in the top bar: buttons, the unit of a step, the kind of an event, and the speed."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSizePolicy, QSlider, QToolButton, QWidget

from app import actions, theme
from app.thread.player import SPEED_STEPS, Player, Unit, event_kinds, rate_text
from app.words.language import language, plain
from app.words.said import declared
from engine.mm.transitions import KINDS, Lane

LANES: tuple[tuple[Lane, str], ...] = (
    (Lane.FAULTS, "Faults"),
    (Lane.RECLAIM, "Reclaim"),
    (Lane.ZSWAP, "zswap"),
    (Lane.DISK, "Disk"),
    (Lane.MACHINE, "Machine"),
)


class EventMenu(QMenu):
    """Every kind of transition that can be stopped at, by lane."""

    def __init__(self, player: Player, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._player = player
        self.setTitle(self.tr("&Kind of event"))
        group = QActionGroup(self)
        self.kinds: dict[int, QAction] = {}
        self.lanes: dict[Lane, QMenu] = {}
        for lane, title in LANES:
            menu = self.lanes[lane] = self.addMenu(self.tr(title))
            for kind in event_kinds():
                if kind.lane is lane:
                    action = menu.addAction("")
                    action.setCheckable(True)
                    action.setToolTip(f"{kind.function}()" if kind.function else "")
                    action.triggered.connect(partial(self._choose, kind.number))
                    group.addAction(action)
                    self.kinds[kind.number] = action
        player.changed.connect(self._show)
        language().changed.connect(self._name_kinds)
        self._name_kinds()
        self._show()

    def _name_kinds(self) -> None:
        for number, action in self.kinds.items():
            action.setText(declared(KINDS[number].name))

    def _choose(self, kind: int, _checked: bool = False) -> None:
        self._player.choose_event(kind)

    def _show(self) -> None:
        self.kinds[self._player.event_kind].setChecked(True)


class Transport(QWidget):
    """Buttons for the window's actions, and the speed."""

    def __init__(self, player: Player, made: dict[str, QAction], events: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._player = player
        self._made = made
        self.buttons: dict[str, QToolButton] = {}
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(5))
        for name in actions.TRANSPORT:
            row.addWidget(self._button(name))
        row.addSpacing(theme.px(10))
        self._step_label = QLabel(self.tr("step:"))
        self._step_label.setProperty("dim", True)
        row.addWidget(self._step_label)
        self.unit = QToolButton()
        self.unit.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.unit.setToolTip(self.tr("What a step is"))
        self.unit.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        units = QMenu(self.unit)
        self.unit.setMenu(units)
        row.addWidget(self.unit)
        for unit in Unit:
            row.addWidget(self._unit_button(unit))
            units.addMenu(events) if unit is Unit.EVENT else units.addAction(made[f"unit_{unit}"])
        self.event_button = self.buttons[f"unit_{Unit.EVENT}"]
        self.event_button.setMenu(events)
        self.event_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        row.addSpacing(theme.px(10))
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, SPEED_STEPS)
        self.slider.setPageStep(10)
        self.slider.setAccessibleName(self.tr("Speed"))
        self.slider.setToolTip(self.tr("Speed, from one step in two seconds to as fast as it goes.  [ [ and ] ]"))
        self.slider.setValue(player.position)
        self.slider.valueChanged.connect(player.choose_speed)
        self._speed_label = QLabel(self.tr("speed"))
        self._speed_label.setProperty("dim", True)
        self.speed = QLabel()
        row.addWidget(self._speed_label)
        row.addWidget(self.slider)
        row.addWidget(self.speed)
        player.changed.connect(self._show)
        theme.switch().changed.connect(self._dress)
        self._dress()

    def show_labels(self, room: bool) -> None:
        """The words beside buttons and slider."""
        for label in (self._step_label, self._speed_label):
            label.setVisible(room)

    def show_units(self, room: bool) -> None:
        """A button for each unit of a step, or one with a menu."""
        self.unit.setHidden(room)
        for unit in Unit:
            self.buttons[f"unit_{unit}"].setVisible(room)

    def show_speed(self, room: bool) -> None:
        """The speed as a number, beside its slider."""
        self.speed.setVisible(room)

    def _button(self, name: str) -> QToolButton:
        button = QToolButton()
        if name == "play":  # on the accent its icon needs another colour than in the menu
            button.setToolTip(self._made[name].toolTip())
            button.clicked.connect(self._made[name].trigger)
            self._made[name].changed.connect(lambda: button.setEnabled(self._made[name].isEnabled()))
            button.setEnabled(self._made[name].isEnabled())
        else:
            button.setDefaultAction(self._made[name])
        button.setAccessibleName(plain(self._made[name].text()))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.buttons[name] = button
        return button

    def _unit_button(self, unit: Unit) -> QToolButton:
        button = self._button(f"unit_{unit}")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        return button

    def _show(self) -> None:
        """Buttons and labels as the player is now."""
        player = self._player
        playing = player.playing and not player.running_on
        shape = "mdi6.pause" if playing else "mdi6.play"
        self.buttons["play"].setIcon(actions.icon(shape, theme.current().on_accent))
        self._made["play"].setIcon(actions.icon(shape))
        self._made["play"].setText(self.tr("&Pause") if playing else self.tr("&Play"))
        self._made[f"unit_{player.unit}"].setChecked(True)
        for unit in Unit:
            text = self.tr(unit.value)
            if unit is Unit.EVENT:
                kind = declared(KINDS[player.event_kind].name)
                text = (kind if player.unit is Unit.EVENT else self.tr("event")) + " ▾"
            self.buttons[f"unit_{unit}"].setText(text)
            if unit is player.unit:
                self.unit.setText(text.removesuffix(" ▾") + " ▾")
                self.unit.setAccessibleName(self.tr("Unit of a step: {unit}").format(unit=text.removesuffix(" ▾")))
        if self.slider.value() != player.position:
            self.slider.setValue(player.position)
        self.speed.setText(rate_text(player.rate))

    def _dress(self) -> None:
        for name, button in self.buttons.items():
            button.setIconSize(QSize(theme.px(18), theme.px(18)))
            if name in actions.TRANSPORT:
                button.setFixedSize(theme.px(34), theme.px(28))
            else:
                button.setMinimumHeight(theme.px(28))
        self.buttons["play"].setProperty("primary", True)
        self.slider.setFixedWidth(theme.px(86))
        self.speed.setFont(theme.mono(12))
        self.speed.setFixedWidth(self.speed.fontMetrics().horizontalAdvance("unlimited") + theme.px(4))
        self._show()

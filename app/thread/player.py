"""The transport: which way, by which unit, how fast. Turns what a person presses into commands for the worker."""

from __future__ import annotations

import math
from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from app.thread.worker import Pace, Worker
from engine.mm import transitions as tr

SPEED_STEPS = 100
"""Positions of the speed slider; the last is as fast as it goes."""
SLOWEST = 0.5
FASTEST = 2_000_000.0


class Unit(StrEnum):
    """What one step is."""

    TRANSITION = "transition"
    REFERENCE = "reference"
    FAULT = "fault"
    EVENT = "event"


def rate_of(position: int) -> float:
    """Units a second at a position 0 … :data:`SPEED_STEPS` of the slider: logarithmic, the last infinite."""
    if position >= SPEED_STEPS:
        return math.inf
    return SLOWEST * (FASTEST / SLOWEST) ** (max(0, position) / (SPEED_STEPS - 1))


def rate_text(rate: float) -> str:
    """A rate as people say it: ``0.5/s``, ``20/s``, ``12 k/s``, ``as fast as it goes``."""
    if math.isinf(rate):
        return "unlimited"
    if rate >= 999_500:
        return f"{rate / 1e6:.1f} M/s"
    if rate >= 9_950:
        return f"{rate / 1e3:.0f} k/s"
    if rate >= 995:
        return f"{rate / 1e3:.1f} k/s"
    return f"{rate:.0f}/s" if rate >= 9.95 else f"{rate:.1f}/s"


def event_kinds() -> list[tr.Kind]:
    """Kinds worth stopping at, in the order of the menu: all but the plain hit and the start."""
    return [kind for kind in tr.KINDS if kind.number not in (tr.START, tr.HIT)]


class Player(QObject):
    """State of the transport; ``changed`` says that a button must look different."""

    changed = Signal()

    def __init__(self, worker: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.worker = worker
        self.unit = Unit.TRANSITION
        self.event_kind = tr.WRITE_BACK
        self.position = 12
        self.playing = False
        self.running_on = False
        """Playing as fast as it goes, whatever the slider says."""
        self.direction = 1

    @property
    def rate(self) -> float:
        """Units a second now chosen."""
        return rate_of(self.position)

    def choose_unit(self, unit: str) -> None:
        """Step and play by this unit from now on."""
        self.unit = Unit(unit)
        self._replay()

    def choose_event(self, kind: int) -> None:
        """Step from one transition of this kind to the next."""
        self.event_kind = kind
        self.choose_unit(Unit.EVENT)

    def choose_speed(self, position: int) -> None:
        """A position of the slider."""
        self.position = min(SPEED_STEPS, max(0, position))
        self._replay()

    def step(self, direction: int = 1) -> None:
        """One unit on (1) or back (-1); stops playing first."""
        self._stop()
        self.worker.step(direction, self.unit, self.event_kind)

    def toggle(self, direction: int = 1) -> None:
        """Play in this direction, or pause when already doing so."""
        if self.playing and self.direction == direction and not self.running_on:
            self._stop()
        else:
            self.direction = direction
            self.playing, self.running_on = True, False
            self._replay()

    def pause(self) -> None:
        """Stop where the run is now."""
        self._stop()

    def run_on(self) -> None:
        """Fast forward: as fast as it goes until paused or at the end; pressed again it pauses."""
        if self.running_on:
            self._stop()
            return
        self.playing, self.running_on, self.direction = True, True, 1
        self._replay()

    def first(self) -> None:
        """To the start."""
        self._stop()
        self.worker.jump(0)

    def last(self) -> None:
        """To the end of the run, which is carried out when it is not known yet."""
        self._stop()
        self.worker.run_to_end()

    def jump(self, number: int) -> None:
        """To a transition by its number."""
        self._stop()
        self.worker.jump(number)

    def seek(self, kinds: frozenset[int], direction: int) -> None:
        """To the next or previous transition of one of these kinds."""
        self._stop()
        self.worker.seek(kinds, direction)

    def stopped(self) -> None:
        """The worker came to an end by itself."""
        if self.playing:
            self.playing = self.running_on = False
            self.changed.emit()

    def _stop(self) -> None:
        if self.playing:
            self.playing = self.running_on = False
            self.worker.pause()
        self.changed.emit()

    def _replay(self) -> None:
        if self.playing:
            rate = math.inf if self.running_on else self.rate
            unit = Unit.TRANSITION if self.running_on else self.unit
            self.worker.play(Pace(self.direction, rate, unit, self.event_kind))
        self.changed.emit()

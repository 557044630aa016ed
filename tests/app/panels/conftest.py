"""Moments put together by hand, samples of a run that was never made, and panels closed after use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from app.moment import Moment
from engine.mm import image as im
from engine.mm.schema import HEADER_WORDS
from engine.mm.transitions import KINDS, Actor
from engine.transition import Transition
from tests.engine.reading.built import populated


@pytest.fixture
def transition() -> Callable[..., Transition]:
    def make(number: int, kind: int = 4, actor: Actor = Actor.TASK, cause: int = 0) -> Transition:
        return Transition(number, KINDS[kind], actor, number * 1000, number // 3, cause, (0, 0, 0))

    return make


@pytest.fixture
def moment_of(transition: Callable[..., Transition]) -> Callable[..., Moment]:
    """A moment of a machine built by hand: ``moment_of(built, selection, number=…, changed=…)``."""

    def make(built: Any, *selection: Any, number: int = 8214, **more: Any) -> Moment:
        return Moment(built.program, built.view, transition(number), "", selection=selection, length=20480, **more)

    return make


@pytest.fixture
def built() -> Any:
    """Descriptors, under pressure, with zswap on and a swapfile partly used."""
    made = populated(settings={"machine.zswap.enabled": 1, "machine.frames": 48, "machine.swapfile.0.slots": 256})
    made.program = made.program.with_settings({"machine.frames": 48, "machine.zswap.enabled": 1})
    made.put(im.SI_INUSE, 1, 38)
    return made


@pytest.fixture
def show(qtbot: Any) -> Callable[..., Any]:
    """Shows a panel in the size of a dock and closes it after the test."""

    def make(panel: Any, width: int = 330, height: int = 620) -> Any:
        qtbot.addWidget(panel)
        panel.resize(width, height)
        with qtbot.waitExposed(panel):
            panel.show()
        return panel

    return make


class Samples:
    """Samples as ``Timeline.series`` gives them: 10 references and 40 transitions apart."""

    def __init__(self, count: int, **scalars: Any) -> None:
        self.transition = np.arange(count, dtype=np.int64) * 40
        self.operation = np.arange(count, dtype=np.int64) * 10
        self.time_ns = np.arange(count, dtype=np.int64) * 2_000_000
        self.values = np.zeros((count, len(im.schema.scalars)), dtype=np.int64)
        for name, values in {"references": self.operation, **scalars}.items():
            self.of(name)[:] = values

    def of(self, name: str) -> Any:
        return self.values[:, im.schema.named(name).address - HEADER_WORDS]


@pytest.fixture
def samples() -> type[Samples]:
    return Samples

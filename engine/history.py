"""What is remembered of a run: keyframes to come back to, samples for curves, and the branches it has."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.machine import Machine
from engine.mm import image as im
from engine.mm.compiler import is_ready
from engine.mm.layout import Image, used_spans
from engine.mm.packing import TYPICALLY_PACKED, Packed, pack_in_background, unpack
from engine.mm.schema import HEADER_WORDS
from engine.operation import Ops
from engine.program import Program
from engine.step import Step

TRANSITIONS = im.TRANSITIONS - HEADER_WORDS
"""Where a sample has the number of transitions done."""
PACKED_FROM = 1 << 17
"""Words from which a keyframe is packed, once there is machine code."""


class Keyframe:
    """The image as it was before operation ``position``: a copy of what was in use, packed when it is large."""

    def __init__(self, machine: Machine) -> None:
        self.position = machine.position
        self.transition = machine.view.scalar(im.TRANSITIONS)
        self.spans = tuple(used_spans(machine.words, machine.layout))
        self.size = sum(end - start for start, end in self.spans)
        """Words of the image in use."""
        self._words: Image | None = None
        self._packing: Future[Packed] | None = None
        self.nbytes = self.size * 8 // TYPICALLY_PACKED
        """Bytes it takes; what it will take, about, while it is being packed."""
        if self.size >= PACKED_FROM and is_ready():
            self._packing = pack_in_background(machine.words, self.spans)
            self._packing.add_done_callback(self._packed)
        else:
            self._words = np.concatenate([machine.words[start:end] for start, end in self.spans])
            self.nbytes = self._words.nbytes

    def _packed(self, packing: Future[Packed]) -> None:
        self.nbytes = packing.result().nbytes

    def restore(self, machine: Machine) -> None:
        """Make the machine's image what it was; what came into use since is cleared."""
        now_used = list(used_spans(machine.words, machine.layout))
        if self._packing is not None:
            unpack(self._packing.result(), machine.words, self.spans)
        at = 0
        for (start, end), (_, used) in zip(self.spans, now_used, strict=True):
            if self._words is not None:
                machine.words[start:end] = self._words[at : at + end - start]
                at += end - start
            machine.words[end:used] = 0
        machine.position = self.position


@dataclass(frozen=True)
class Series:
    """All scalars of the image, sampled along the run."""

    operation: NDArray[np.int64]
    """Operations done at each sample, shape (n,)."""
    values: NDArray[np.int64]
    """Shape (n, scalars), in the order of ``engine.mm.image.schema.scalars``."""

    @property
    def transition(self) -> NDArray[np.int64]:
        """Transitions done at each sample, shape (n,)."""
        return self.at(im.TRANSITIONS)

    @property
    def time_ns(self) -> NDArray[np.int64]:
        """The task's clock at each sample, shape (n,)."""
        return self.at(im.NOW)

    def of(self, name: str) -> NDArray[np.int64]:
        """A scalar by name, shape (n,)."""
        return self.at(im.schema.named(name).address)

    def at(self, address: int) -> NDArray[np.int64]:
        """A scalar by its address, shape (n,)."""
        values: NDArray[np.int64] = self.values[:, address - HEADER_WORDS]
        return values

    def counted(self, kinds: Iterable[int]) -> NDArray[np.int64]:
        """How many transitions of some kinds there were at each sample, shape (n,)."""
        columns = [im.KIND_COUNT[kind] - HEADER_WORDS for kind in kinds]
        total: NDArray[np.int64] = self.values[:, columns].sum(axis=1)
        return total

    def __len__(self) -> int:
        return len(self.operation)


@dataclass
class Branch:
    """One course of the run: the scenario's own, or one with changes."""

    name: str
    program: Program
    """With its operations, and with the processes that were started on it."""
    parent: int = -1
    """Index of the branch it left; -1 for the scenario's own."""
    at: int = 0
    """Transition at which it left."""
    position: int = 0
    """Operations done there."""
    steps: tuple[Step, ...] = ()
    """What was put in there."""
    changes: tuple[Step, ...] = ()
    """What is different from the scenario's own course: the steps of the branches it came from, and its own."""
    keyframes: list[Keyframe] = field(default_factory=list)
    samples: list[tuple[int, Image]] = field(default_factory=list)
    """Operations done, and all scalars then."""
    complete: bool = False
    """It was carried out to its end."""
    length: int = 0
    """Transitions known of."""
    outcome: str = "running"
    """How it ended, once complete."""
    explored: int = 0
    """Operations it had to its end, once complete."""
    fine: bool = False
    """Its keyframes are as close as they will be."""

    @property
    def ops(self) -> Ops:
        """The operations of the whole branch, from the start."""
        return self.program.ops

    def keyframe_before(self, transition: int) -> Keyframe:
        """The last keyframe at which so many transitions were done, or fewer."""
        return self.keyframes[bisect_right(self.keyframes, transition, key=lambda keyframe: keyframe.transition) - 1]

    def bring(self, machine: Machine, transition: int) -> None:
        """Bring a machine that keeps no journal to a place not long before the end of a transition, between operations.

        From the keyframe before it to the last sample before it, at full speed.
        """
        self.keyframe_before(transition).restore(machine)
        index = bisect_right(self.samples, transition, key=lambda sample: int(sample[1][TRANSITIONS])) - 1
        position = self.samples[index][0]
        if position > machine.position:
            machine.run(position)

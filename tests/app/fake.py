"""A Timeline that only counts, until the real one is there."""

from __future__ import annotations

import sys
import types
from dataclasses import dataclass

import numpy as np

from engine.mm import image as im
from engine.mm.layout import Needs, lay_out
from engine.mm.schema import HEADER_WORDS
from engine.mm.transitions import KINDS, RECORD_WORDS
from engine.mm.view import View
from engine.operation import encode_mark, encode_references
from engine.program import Images, Process, Program, Region, Swapfile
from engine.transition import Transition


def program(n=3000):
    one = np.ones(n, dtype=np.int64)
    ops = encode_references(one, np.arange(n) % 160, np.arange(n) % 3 == 0, one)
    ops[n // 2] = encode_mark(0)
    images = Images(*(np.array([0, v]) for v in (1612, 0, 1, 1)))
    return Program("zswap spills to the swapfile", (Process("editor", 160, (Region("heap", 0, 160, 1),)),), ops, images,
                   settings={"machine.frames": 48}, swapfiles=(Swapfile("swap0", 256),), marks=("half way",))


@dataclass
class Branch:
    name: str
    parent: int
    at: int
    changes: tuple


class Series:
    def __init__(self, n, rng):
        self.transition = np.arange(0, n, 8)
        self.operation = self.transition // 3
        self.time_ns = self.transition * 5100
        self.values = np.zeros((len(self.transition), len(im.schema.scalars)), dtype=np.int64)
        for kind in KINDS:
            rate = (np.sin(self.transition / 700 + kind.number) > 0.6) * 0.8
            self.values[:, im.KIND_COUNT[kind.number] - HEADER_WORDS] = np.cumsum(rng.poisson(rate * 0.6))
        self.values[:, im.PSI_SOME - HEADER_WORDS] = np.cumsum(8 * 5100 * np.linspace(0.1, 0.6, len(self.transition)))
        self.values[:, im.NR_RESIDENT - HEADER_WORDS] = 40
        self.values[:, im.NR_STORED - HEADER_WORDS] = np.minimum(self.transition // 50, 60)
        self.values[:, im.NR_SWAPPED - HEADER_WORDS] = np.minimum(self.transition // 40, 120)

    def of(self, name):
        return self.values[:, im.schema.named(name).address - HEADER_WORDS]


class Timeline:
    def __init__(self, program, compiled=None):
        self.program = program
        self.layout = lay_out(Needs(1, 1, 160, 0, 48, (256,), 1, journal_words=64, records=8))
        self.view = View(self.layout.new_image(), self.layout)
        self.cursor, self.length, self.complete = 0, 0, False
        self._end = 3 * len(program.ops)
        self._series = Series(self._end + 1, np.random.default_rng(1))
        self.branches, self.branch = [Branch("", 0, 0, ())], 0

    @property
    def series(self):
        made = Series.__new__(Series)
        n = self.length // 8 + 1
        for name in ("transition", "operation", "time_ns", "values"):
            setattr(made, name, getattr(self._series, name)[:n])
        return made

    def transition(self, n=None):
        n = self.cursor if n is None else n
        kind = 0 if n == 0 else 1 + n * 7 % (len(KINDS) - 1)
        record = [kind, n * 5100, n // 3, 0, 0, 5, 6, 7]
        return Transition.from_record(n, record[:RECORD_WORDS])

    def sentence(self, n=None):
        t = self.transition(n)
        return f"page 12: decompressed 1 612 B → slot 46. desc #31 now points at the swapfile ({t.kind.name})."

    def records(self, first, last):
        return [self.transition(n) for n in range(first, min(last, self.length) + 1)]

    def changed(self):
        return frozenset()

    def step(self, n=1):
        to = min(max(0, self.cursor + n), self._end)
        moved = to != self.cursor
        self.jump(to)
        return moved

    def step_reference(self, n):
        return self.step(3 * n)

    def seek(self, kinds, forward=True):
        kinds = {kinds} if isinstance(kinds, int) else kinds
        n = self.cursor
        while 0 <= (n := n + (1 if forward else -1)) <= self._end:
            if self.transition(n).kind.number in kinds:
                self.jump(n)
                return True
        return False

    def seek_fault(self, forward):
        return self.seek({2}, forward)

    def jump(self, n):
        self.cursor = min(n, self._end)
        self.length = max(self.length, self.cursor)
        self.complete = self.length == self._end

    def advance(self, operations):
        before = self.cursor
        self.step(3 * operations)
        return (self.cursor - before) // 3

    def explore(self, operations):
        self.length = min(self._end, self.length + 3 * operations)
        self.complete = self.length == self._end
        return not self.complete

    def change(self, key, value):
        self.branches.append(Branch(f"{key} = {value}", self.branch, self.cursor, ((key, value),)))
        self.branch = len(self.branches) - 1

    def switch(self, i):
        self.branch = i


def install():
    for name, members in (("engine.timeline", {"Timeline": Timeline}),):
        module = types.ModuleType(name)
        module.__dict__.update(members)
        sys.modules[name] = module

"""Policies for the tests of this folder, and the two scenarios they are tried on."""

from __future__ import annotations

from pathlib import Path

from engine.invariants import broken
from engine.machine import Machine
from engine.program import Program
from engine.resources import scenarios_dir
from engine.scenario import load_scenario

LRU = """
class Mine:
    def __init__(self, frames):
        self.order = []
    def loaded(self, page):
        self.order.append(page)
    def used(self, page, write):
        self.order.remove(page)
        self.order.append(page)
    def victim(self, pages):
        self.order = [page for page in self.order if page in pages]
        return self.order.pop(0)
"""
FIFO = """
class Mine:
    def __init__(self, pages):
        self.there = {}
    def stored(self, entry):
        assert entry.number not in self.there
        self.there[entry.number] = entry
    def left(self, entry):
        assert self.there.pop(entry.number) == entry
    def write_back(self, entries):
        assert sorted(self.there.values()) == sorted(entries)
        return entries[0]
"""
"""Keeps its own account of the pool and holds it against what it is given."""


def thrashing(*sets: str) -> Program:
    return load_scenario(scenarios_dir() / "18-thrashing.toml", sets).build()


def flooded(*sets: str) -> Program:
    """The pool of scenario 26, as far as the backup has come after 800 operations."""
    program = load_scenario(scenarios_dir() / "26-writeback-policy.toml", sets).build()
    return program.with_ops(program.ops[:800])


def written(folder: Path, text: str, name: str = "mine.py") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def ended(program: Program) -> Machine:
    """A machine that has carried the program out, and is in order."""
    machine = Machine(program, False)
    machine.run()
    assert machine.outcome == "finished"
    assert broken(machine.view, program) == []
    return machine

"""A replacement policy of one's own: a small Python file, run once beside the machine.

The file holds one class with four hooks (see docs/policies.md):

* ``__init__(self, frames)``: memory holds this many pages.
* ``loaded(self, page)``: a page came into memory.
* ``used(self, page, write)``: a page that was in memory was used.
* ``victim(self, pages)``: memory is full; which of ``pages`` (all that may leave) goes?

A page is a :class:`Page`: the name of its process and its number. The policy never touches the machine:
it is asked before each operation that needs a frame, and what it answers becomes *data* of the
program. So a run with it can be stepped through, jumped about in and compared like any other.
"""

from __future__ import annotations

import importlib.util
import inspect
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from engine.errors import InputError, Problem, nearest
from engine.machine import Machine
from engine.mm import image as im
from engine.mm.policy import OWN, PAGE_MASK, PROCESS_SHIFT
from engine.mm.swapops import PFN_SHIFT, PTE_PRESENT, ZERO_PFN
from engine.operation import KIND_MASK, VALUE_SHIFT, WHO_MASK, WHO_SHIFT, Op
from engine.program import Program

HOOKS = ("__init__", "loaded", "used", "victim")
PARAMETERS = {"__init__": 2, "loaded": 2, "used": 3, "victim": 2}
"""How many parameters each hook takes, ``self`` included."""


class Page(NamedTuple):
    """A page as a policy sees it."""

    process: str
    number: int


class OwnPolicy:
    """A policy file that was read; its mistakes are told with file and line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._class = self._find_class(self._import())
        self._policy: Any = None

    @property
    def name(self) -> str:
        """What its class is called."""
        return str(self._class.__name__)

    def start(self, frames: int) -> None:
        """A new instance for a memory of so many pages."""
        self._policy = self._guarded("__init__", lambda: self._class(frames))

    def loaded(self, page: Page) -> None:
        """Tell it that a page came into memory."""
        self._guarded("loaded", lambda: self._policy.loaded(page))

    def used(self, page: Page, write: bool) -> None:
        """Tell it that a page in memory was used."""
        self._guarded("used", lambda: self._policy.used(page, write))

    def victim(self, pages: list[Page]) -> Page:
        """Ask it which page goes."""
        found = self._guarded("victim", lambda: self._policy.victim(list(pages)))
        if found not in pages:
            raise InputError(
                Problem(f"victim() gave {found!r}, which cannot leave memory now", str(self.path),
                        self._line("victim"), "victim", "one of the pages it was given")
            )  # fmt: skip
        return Page(*found)

    def _import(self) -> ModuleType:
        spec = importlib.util.spec_from_file_location("own_policy", self.path)
        if spec is None or spec.loader is None or not self.path.is_file():
            raise InputError(Problem("there is no Python file here", str(self.path), expected="FILE.py"))
        module = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
        except SyntaxError as error:
            raise InputError(Problem(f"this is no Python: {error.msg}", str(self.path), error.lineno)) from None
        except Exception as error:
            raise self._problem(error, None) from None
        return module

    def _find_class(self, module: ModuleType) -> type:
        classes = [
            found for found in vars(module).values() if inspect.isclass(found) and found.__module__ == module.__name__
        ]
        if len(classes) != 1:
            raise InputError(
                Problem(f"{len(classes)} classes are in this file", str(self.path), expected="exactly one class")
            )
        found = classes[0]
        problems = []
        for hook in HOOKS:
            function = vars(found).get(hook)
            if not inspect.isfunction(function):
                near = nearest(hook, [name for name in vars(found) if not name.startswith("__")])
                problems.append(
                    Problem(f"class {found.__name__} has no method '{hook}'", str(self.path), _line_of(found),
                            hook, "the four hooks: " + ", ".join(HOOKS), near)
                )  # fmt: skip
            elif len(inspect.signature(function).parameters) != PARAMETERS[hook]:
                problems.append(
                    Problem(f"'{hook}' has {len(inspect.signature(function).parameters)} parameters", str(self.path),
                            function.__code__.co_firstlineno, hook, f"{PARAMETERS[hook]}, self included")
                )  # fmt: skip
        if problems:
            raise InputError(problems)
        return found

    def _guarded(self, hook: str, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except Exception as error:
            raise self._problem(error, hook) from None

    def _problem(self, error: Exception, hook: str | None) -> InputError:
        """What went wrong inside the file, with the line of it that was being run."""
        lines = [one.lineno for one in traceback.extract_tb(error.__traceback__) if one.filename == str(self.path)]
        what = f"{type(error).__name__}: {error}"
        return InputError(Problem(what, str(self.path), lines[-1] if lines else None, hook))

    def _line(self, hook: str) -> int:
        return int(vars(self._class)[hook].__code__.co_firstlineno)


def _line_of(found: type) -> int | None:
    functions = [one for one in vars(found).values() if inspect.isfunction(one)]
    return min((one.__code__.co_firstlineno for one in functions), default=None)


def decide(program: Program, policy: OwnPolicy, progress: Callable[[int, int], None] | None = None) -> Program:
    """The program with the policy's decisions in it, ``machine.policy`` set to ``own``.

    The machine is run once, an operation at a time. Raises :class:`engine.errors.InputError` for
    mistakes of the policy; ``progress`` gets operations done and in all.
    """
    room = np.zeros(2 * len(program.ops) + program.setting("machine.frames"), dtype=np.int64)
    program = replace(program.with_settings({"machine.policy": OWN}), decisions=room)
    machine = Machine(program, journal_words=8, records=8)
    policy.start(program.setting("machine.frames"))
    watch = _Watch(machine, [process.name for process in program.processes])
    start = machine.layout.base["decision"]
    total = len(program.ops)
    for position, word in enumerate(program.ops.tolist()):
        if machine.finished:
            break
        kind = word & KIND_MASK
        touched = kind in (Op.READ, Op.WRITE)
        page = (((word >> WHO_SHIFT) & WHO_MASK) + 1) << PROCESS_SHIFT | word >> VALUE_SHIFT
        present = touched and page in watch.present
        if not present and machine.view.scalar(im.FREE_PAGES) <= 0 and watch.present:
            chosen = policy.victim([watch.page(one) for one in sorted(watch.present)])
            number = machine.view.scalar(im.DECISIONS) + 1
            machine.words[start + number] = watch.number(chosen)
        machine.run(position + 1)
        if present:
            policy.used(watch.page(page), kind == Op.WRITE)
        else:
            for one in sorted(watch.look()):
                policy.loaded(watch.page(one))
        if progress is not None and position % 256 == 0:
            progress(position, total)
    taken = machine.view.scalar(im.DECISIONS)
    made = machine.words[start + 1 : start + 1 + taken].copy()
    return replace(program, decisions=made if taken else np.zeros(1, dtype=np.int64))


class _Watch:
    """Which pages are in memory, as ``process << 32 | page``."""

    def __init__(self, machine: Machine, names: list[str]) -> None:
        self._view = machine.view
        self._names = names
        self.present: set[int] = set()

    def look(self) -> set[int]:
        """Look again; the pages that came in since."""
        before = self.present
        words = self._view.pte[:, 0]
        frames = (words >> PFN_SHIFT) & ZERO_PFN
        rows = np.flatnonzero((words & PTE_PRESENT != 0) & (frames != ZERO_PFN)).tolist()
        bases = self._view.column(im.MM_PTE)[1 : self._view.scalar(im.PROCESSES) + 1].tolist()
        owners = np.searchsorted(bases, rows, side="right").tolist()
        self.present = {
            owner << PROCESS_SHIFT | row - bases[owner - 1] for owner, row in zip(owners, rows, strict=True)
        }
        return self.present - before

    def page(self, where: int) -> Page:
        """A page as the policy sees it."""
        process = where >> PROCESS_SHIFT
        name = self._names[process - 1] if process <= len(self._names) else str(process)
        return Page(name, where & PAGE_MASK)

    def number(self, page: Page) -> int:
        """The other way round."""
        return (self._names.index(page.process) + 1) << PROCESS_SHIFT | page.number

"""A policy file: Python with one class of four hooks. It is read, checked and called; mistakes are told at their line.

There are two sorts, told apart by the question they answer (docs/policies.md):

* a *replacement* policy: ``__init__(self, frames)``, ``loaded(self, page)``, ``used(self, page, write)`` and
  ``victim(self, pages)``, which says what leaves memory;
* a *writeback* policy: ``__init__(self, pages)``, ``stored(self, entry)``, ``left(self, entry)`` and
  ``write_back(self, entries)``, which says what leaves the zswap pool.
"""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, NamedTuple

from engine.errors import InputError, Problem, nearest
from engine.phrase import phrase

MAX_BYTES = 1_000_000


class TooLong(BaseException):
    """The time a policy may take is over: raised inside it, where no ``except Exception`` of its own catches it."""


class Page(NamedTuple):
    """A page as a replacement policy sees it."""

    process: str
    number: int


class Entry(NamedTuple):
    """A compressed page in the pool, as a writeback policy sees it."""

    number: int
    """The zswap entry's own number, as the window shows it."""
    process: str
    """Whose page it is: a process, or a shmem object."""
    page: int
    bytes: int
    """Its compressed size."""


@dataclass(frozen=True)
class Sort:
    """A sort of policy: its hooks with how many parameters each takes, ``self`` included."""

    name: str
    hooks: dict[str, int]
    question: str
    """The hook that decides."""


REPLACEMENT = Sort("replacement", {"__init__": 2, "loaded": 2, "used": 3, "victim": 2}, "victim")
WRITEBACK = Sort("writeback", {"__init__": 2, "stored": 2, "left": 2, "write_back": 2}, "write_back")
SORTS = {sort.name: sort for sort in (REPLACEMENT, WRITEBACK)}


class PolicyFile:
    """A policy file that was read: its code has run once, its class is there. Raises InputError for its mistakes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._class = self._find_class(self._import())
        self.sort = self._sort()
        self._check_hooks()
        self._policy: Any = None

    @property
    def name(self) -> str:
        """What its class is called."""
        return str(self._class.__name__)

    def start(self, room: int) -> None:
        """A new instance, for a memory of so many frames or a pool of so many pages."""
        self._policy = self._guarded("__init__", lambda: self._class(room))

    def tell(self, hook: str, *what: object) -> None:
        """Tell it that something happened."""
        self._guarded(hook, lambda: getattr(self._policy, hook)(*what))

    def ask(self, choices: Sequence[tuple[Any, ...]], *, may_keep: bool = False) -> int | None:
        """Which of these leaves: the index of its answer; None where it keeps all, if it may."""
        question = self.sort.question
        found = self._guarded(question, lambda: getattr(self._policy, question)(list(choices)))
        if found is None and may_keep:
            return None
        try:
            return choices.index(found)
        except Exception:  # not among them, or a thing that cannot even be compared
            what = phrase("{question}() gave {shown}, which cannot leave now", question=question, shown=_shown(found))
            expected = phrase("one of those it was given, or None") if may_keep else phrase("one of those it was given")
            raise InputError(Problem(what, str(self.path), self._line(question), question, expected)) from None

    # -- reading ------------------------------------------------------------------------------

    def _import(self) -> ModuleType:
        if not self.path.is_file():
            raise InputError(Problem(phrase("there is no Python file here"), str(self.path), expected="FILE.py"))
        try:
            source = self.path.read_bytes()
        except OSError as error:
            raise InputError(Problem(phrase("cannot be read: {why}", why=error.strerror), str(self.path))) from None
        if len(source) > MAX_BYTES:
            expected = phrase("at most {most} bytes", most=MAX_BYTES)
            raise InputError(Problem(phrase("is too large for a policy"), str(self.path), expected=expected))
        try:
            code: CodeType = compile(source, str(self.path), "exec")
        except (SyntaxError, ValueError, UnicodeDecodeError) as error:
            line = error.lineno if isinstance(error, SyntaxError) else None
            said = error.msg if isinstance(error, SyntaxError) else str(error)
            raise InputError(Problem(phrase("this is no Python: {said}", said=said), str(self.path), line)) from None
        # Not through the import system: that would leave a folder of byte code beside a student's file.
        module = ModuleType("own_policy")
        module.__file__ = str(self.path)
        try:
            exec(code, module.__dict__)
        except (Exception, SystemExit, TooLong) as error:
            raise self._problem(error, None) from None
        return module

    def _find_class(self, module: ModuleType) -> type:
        classes = [
            found for found in vars(module).values() if inspect.isclass(found) and found.__module__ == module.__name__
        ]
        if len(classes) != 1:
            what = phrase("{number} classes are in this file", number=len(classes))
            raise InputError(Problem(what, str(self.path), expected=phrase("exactly one class")))
        return classes[0]

    def _sort(self) -> Sort:
        """The sort whose question it answers; where it answers neither, the one it has more hooks of."""
        own = set(vars(self._class))
        asked = [sort for sort in SORTS.values() if sort.question in own]
        if len(asked) == 1:
            return asked[0]
        if len(asked) > 1:
            what = phrase("class {name} has both 'victim' and 'write_back'", name=self.name)
            expected = phrase("a file of its own for each of the two policies")
            raise InputError(Problem(what, str(self.path), self._line("write_back"), expected=expected))
        return max(SORTS.values(), key=lambda sort: len(own & set(sort.hooks)))

    def _check_hooks(self) -> None:
        problems = []
        found = self._class
        for hook, wanted in self.sort.hooks.items():
            function = vars(found).get(hook)
            if not inspect.isfunction(function):
                near = nearest(hook, [name for name in vars(found) if not name.startswith("__")])
                hooks = ", ".join(self.sort.hooks)
                expected = phrase("the four hooks of a {sort} policy: {hooks}", sort=self.sort.name, hooks=hooks)
                what = phrase("class {name} has no method '{hook}'", name=self.name, hook=hook)
                problems.append(Problem(what, str(self.path), _line_of(found), hook, expected, near))
                continue
            parameters = len(inspect.signature(function).parameters)
            if parameters != wanted:
                what = phrase("'{hook}' has {number} parameters", hook=hook, number=parameters)
                line = function.__code__.co_firstlineno
                expected = phrase("{number}, self included", number=wanted)
                problems.append(Problem(what, str(self.path), line, hook, expected))
        if problems:
            raise InputError(problems)

    # -- calling ------------------------------------------------------------------------------

    def _guarded(self, hook: str, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except (Exception, SystemExit, TooLong) as error:
            raise self._problem(error, hook) from None

    def _problem(self, error: BaseException, hook: str | None) -> InputError:
        """What went wrong inside the file, with the line of it that was being run."""
        lines = [one.lineno for one in traceback.extract_tb(error.__traceback__) if one.filename == str(self.path)]
        what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        if isinstance(error, TooLong):
            what = str(error)
        return InputError(Problem(what, str(self.path), lines[-1] if lines else None, hook))

    def _line(self, hook: str) -> int:
        return int(vars(self._class)[hook].__code__.co_firstlineno)


def _line_of(found: type) -> int | None:
    functions = [one for one in vars(found).values() if inspect.isfunction(one)]
    return min((one.__code__.co_firstlineno for one in functions), default=None)


def _shown(answer: object) -> str:
    try:
        text = repr(answer)
    except Exception:
        text = f"a {type(answer).__name__}"
    return text if len(text) <= 80 else text[:77] + "…"

"""The model's functions are plain Python; :func:`compiled` makes the machine code twin of one.

``@kernel`` only registers a function: called as it stands it runs in the interpreter, on a
memoryview of the image. :func:`compiled` builds, once, a second set of all registered functions
from the very same code objects, in which every reference to a registered function leads to its
compiled twin. So both sets live in one process: the window starts on the plain set and changes
over when the compiler is done.

The machine code is kept (:mod:`engine.mm.object_code`) in a folder named after everything it depends
on (the model's source, Numba, LLVM, Python, the processor), so that a stale one is never read and an
upgrade simply uses another folder.
"""

from __future__ import annotations

import os
import platform
import sys
import threading
from collections.abc import Callable
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from types import CellType, FunctionType
from typing import Any, TypeVar

from engine.mm.intrinsics import twins
from engine.mm.linking import can_link_late, one_form_for_all
from engine.mm.object_code import Code, Object, target

F = TypeVar("F", bound=Callable[..., Any])

_KERNELS: list[FunctionType] = []
_ENTRIES: set[FunctionType] = set()
_BETTER: dict[FunctionType, FunctionType] = {}
_lock = threading.RLock()
_twins: dict[Any, Any] = {}
_loaded: dict[str, Code] = {}
"""Machine code made by an earlier process, by the entries' names."""

_OPTIONS: dict[str, Any] = {
    "nopython": True,
    "nogil": True,
    "error_model": "numpy",
    # Without reference counting of arrays inside kernels: the same results, several times the
    # speed. A private option of Numba's, named in this one place.
    "_nrt": False,
    # The model has nothing to be rewritten; looking for it takes a tenth of the time of compiling.
    "no_rewrites": True,
}
_INNER = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""Functions called only from the model need no way in from Python."""


def kernel(function: F) -> F:
    """Register a function of the model; it stays what it is."""
    assert isinstance(function, FunctionType)
    _KERNELS.append(function)
    return function


def entry(function: F) -> F:
    """Register a function that is called from outside: its machine code, with all it calls, is kept."""
    assert isinstance(function, FunctionType)
    _ENTRIES.add(function)
    return kernel(function)


def machine_code_of(function: F) -> Callable[[F], F]:
    """The decorated function is compiled in the place of ``function``: the same, told better to the compiler."""

    def note(better: F) -> F:
        assert isinstance(function, FunctionType)
        assert isinstance(better, FunctionType)
        _BETTER[function] = better
        return better

    return note


def entry_names() -> set[str]:
    """Qualified names of the entries."""
    return {function.__qualname__ for function in _ENTRIES}


def compiled(function: F) -> F:
    """The compiled twin of a registered function: what was loaded, or else one whose first call compiles it."""
    assert isinstance(function, FunctionType)
    twin: Any = _loaded.get(function.__qualname__) if function in _ENTRIES else None
    if twin is None:
        with _lock:
            if function not in _twins:
                _build_twins()
            twin = _twins[function]
    alike: F = twin
    return alike


def _build_twins() -> None:
    """Twins of all registered functions; only the entries' machine code is kept (it holds all they call)."""
    import numba

    module_globals: dict[str, dict[str, Any]] = {}
    made: dict[FunctionType, FunctionType] = {}
    for function in _KERNELS:
        names = module_globals.setdefault(function.__module__, dict(function.__globals__))
        # Closures made by ``choose`` hold functions in their cells: a twin needs cells of its own.
        cells = tuple(CellType(cell.cell_contents) for cell in function.__closure__ or ())
        code = _BETTER.get(function, function).__code__
        copy = FunctionType(code, names, function.__name__, function.__defaults__, cells or None)
        copy.__qualname__, copy.__module__ = function.__qualname__, function.__module__
        made[function] = copy
    for function, copy in made.items():
        options = {} if function in _ENTRIES else _INNER
        make: Any = numba.jit
        _twins[function] = one_form_for_all(make(**_OPTIONS, **options)(copy))
    _twins.update(twins(linked_late=can_link_late()))
    for names in module_globals.values():
        for name, value in names.items():
            if isinstance(value, FunctionType) and value in _twins:
                names[name] = _twins[value]
    for copy in made.values():
        for cell in copy.__closure__ or ():
            if isinstance(cell.cell_contents, FunctionType) and cell.cell_contents in _twins:
                cell.cell_contents = _twins[cell.cell_contents]


def cache_folder() -> Path:
    """The folder for machine code of exactly this model on exactly this machine."""
    base = os.environ.get("SWAPSCOPE_CACHE_DIR") or _user_cache()
    digest = blake2b(digest_size=10)
    for source in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(source.name.encode())
        digest.update(source.read_bytes())
    digest.update(f"{_numba_version()} {target()} {sys.version} {platform.machine()}".encode())
    return Path(base) / "kernels" / digest.hexdigest()


def _numba_version() -> str:
    """What tells one Numba from another, read without importing it."""
    spec = find_spec("numba")
    assert spec is not None
    assert spec.origin is not None
    return (Path(spec.origin).parent / "_version.py").read_text(encoding="utf-8")


def use_loaded(codes: dict[str, Code]) -> bool:
    """Use machine code made by an earlier process; False, and nothing is used, unless it is all there."""
    if set(codes) != entry_names():
        return False
    _loaded.update(codes)
    return True


def objects() -> dict[str, Object]:
    """The machine code of the entries that were called, for keeping; none where this Numba does not give it away."""
    found = {}
    for function in _ENTRIES:
        for made in _twins[function].overloads.values():
            library, symbol = made.library, made.fndesc.llvm_func_name
            try:
                found[function.__qualname__] = Object(symbol, library._get_compiled_object())
            except (AttributeError, RuntimeError):
                return {}
    return found


def _user_cache() -> str:
    if sys.platform == "win32":
        return str(Path(os.environ.get("LOCALAPPDATA", str(Path.home()))) / "swapscope")
    if sys.platform == "darwin":
        return str(Path.home() / "Library" / "Caches" / "swapscope")
    return str(Path(os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))) / "swapscope")

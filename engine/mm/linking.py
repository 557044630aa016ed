"""Compile a few hundred small kernels in seconds: optimise once, at the entry.

Numba optimises every function together with all it calls, and generates machine code for it,
though only an entry's is ever called: with the model's depth of calls the same code is optimised
dozens of times (five minutes and more for the whole model). Inside :func:`link_late` a function
that is not an entry is only lowered; the entry links all of them and optimises the whole once.

This uses Numba's internals, in this one place. Should a later Numba have them otherwise, the
model compiles as before, only slower.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from engine.mm.intrinsics import JOURNAL_SWITCH

UNRECORDED = "run_unrecorded"
"""The entry that is linked without the journal."""


def can_link_late() -> bool:
    """Whether this Numba has the parts that are changed here."""
    try:
        from numba.core import codegen
    except ImportError:  # pragma: no cover - another Numba
        return False
    Library: Any = codegen.CPUCodeLibrary
    return (
        hasattr(Library, "finalize")
        and hasattr(Library, "_optimize_functions")
        and hasattr(codegen.JITCPUCodegen, "set_env")
    )


@contextmanager
def link_late(entries: set[str]) -> Iterator[None]:
    """Within it, only functions with a qualified name in ``entries`` become machine code."""
    if not can_link_late():  # pragma: no cover - another Numba
        yield
        return
    from llvmlite.binding import Linkage, parse_assembly
    from numba.core import codegen

    Library: Any = codegen.CPUCodeLibrary
    Codegen: Any = codegen.JITCPUCodegen
    original = Library.finalize
    original_optimize = Library._optimize_functions
    original_set_env = Codegen.set_env

    def finalize(library: Any) -> None:
        if library.name not in entries:
            library._finalized = True
            return
        kept = {function.name for function in library._final_module.functions if not function.is_declaration}
        for other in _all_linked(library):
            library._final_module.link_in(other._final_module.clone())
        kept_journal = int(library.name != UNRECORDED)
        library._final_module.link_in(parse_assembly(f"@{JOURNAL_SWITCH} = constant i8 {kept_journal}"))
        library._final_module.get_global_variable(JOURNAL_SWITCH).linkage = Linkage.internal
        for function in library._final_module.functions:
            if not function.is_declaration and function.name not in kept:
                function.linkage = Linkage.internal
        library._linking_libraries = []
        library.enable_object_caching()  # else the object file is forgotten once it is linked
        original(library)

    def set_env(codegen: Any, name: str, environment: Any) -> None:
        # What is only lowered has no address yet; nothing in the model needs an environment.
        if codegen._engine.get_global_value_address(name) != 0:
            original_set_env(codegen, name, environment)

    Library.finalize = finalize
    Library._optimize_functions = lambda library, module: None  # The whole is optimised in the end.
    Codegen.set_env = set_env
    try:
        yield
    finally:
        Library.finalize = original
        Library._optimize_functions = original_optimize
        Codegen.set_env = original_set_env


def one_form_for_all(dispatcher: Any) -> Any:
    """Have a function compiled once, not again for every constant it is called with.

    Numba would make a form of ``put`` for each column the model names (over nine hundred forms of
    the model's three hundred functions). Inlining puts the constants in place all the same.
    """
    from numba.core import types

    unliteral: Any = types.unliteral

    original = dispatcher.get_call_template

    def get_call_template(args: Any, kws: Any) -> Any:
        return original(tuple(unliteral(arg) for arg in args), kws)

    dispatcher.get_call_template = get_call_template
    return dispatcher


def _all_linked(library: Any) -> Iterator[Any]:
    """Every library that this one needs, each once."""
    seen = set()
    waiting = list(library._linking_libraries)
    while waiting:
        other = waiting.pop()
        if other in seen:
            continue
        seen.add(other)
        waiting += other._linking_libraries
        yield other

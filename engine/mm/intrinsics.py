"""What the compiler is told and could not find out: four functions with machine code of their own.

In the interpreter each is the plain function that stands here. What runs all the time need not call
them there: :func:`engine.mm.kernel.machine_code_of` gives it a form for the compiler.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

JOURNAL_SWITCH = "swapscope_journal_kept"
"""The constant behind :func:`journal_kept`, which linking gives its value."""


def place(address: int) -> int:
    """An address that is never negative: an unsigned number, so that indexing need not ask for it."""
    return address


def fixed(words: Any, index: int) -> int:
    """A word of the image that never changes while the machine runs, such as where a table begins.

    It need not be read again behind every store, which the compiler could not know otherwise, as
    all words are of one array.
    """
    word: int = words[index]
    return word


def prefetch(words: Any, address: int) -> None:
    """A word that will be wanted soon; only the processor's caches notice."""


def journal_kept() -> bool:
    """Whether what changes is written down, if room for it is given.

    A constant: the model is linked twice, and the form in which this is false has nothing left of
    the journal (:func:`engine.mm.run.run_unrecorded`).
    """
    return True


def twins(linked_late: bool) -> dict[Callable[..., Any], Any]:
    """Each function with its machine code; only late linking can give :func:`journal_kept` two values."""
    found: dict[Callable[..., Any], Any] = {place: _unsigned(), fixed: _invariant(), prefetch: _prefetch()}
    if linked_late:
        found[journal_kept] = _switch()
    return found


def _unsigned() -> Any:
    from numba.core import types
    from numba.extending import intrinsic

    def unsigned(typing_context: Any, address: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return arguments[0]

        return types.uint64(types.int64), code

    make: Any = intrinsic
    return make(unsigned)


def _invariant() -> Any:
    from numba.core import types
    from numba.extending import intrinsic

    def invariant(typing_context: Any, words: Any, index: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            array = context.make_array(signature.args[0])(context, builder, arguments[0])
            word = builder.load(builder.gep(array.data, [arguments[1]], inbounds=True))
            word.set_metadata("invariant.load", builder.module.add_metadata([]))
            return word

        return types.int64(words, types.int64), code

    make: Any = intrinsic
    return make(invariant)


def _switch() -> Any:
    from llvmlite import ir
    from numba.core import types
    from numba.extending import intrinsic

    def switch(typing_context: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            declared = builder.module.globals.get(JOURNAL_SWITCH)
            if declared is None:
                declared = ir.GlobalVariable(builder.module, ir.IntType(8), JOURNAL_SWITCH)
                declared.global_constant = True
            return builder.trunc(builder.load(declared), ir.IntType(1))

        return types.boolean(), code

    make: Any = intrinsic
    return make(switch)


def _prefetch() -> Any:
    from llvmlite import ir
    from numba.core import types
    from numba.extending import intrinsic

    def fetch(typing_context: Any, words: Any, index: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            array = context.make_array(signature.args[0])(context, builder, arguments[0])
            pointer = builder.gep(array.data, [arguments[1]])
            number = ir.IntType(32)
            kind = ir.FunctionType(ir.VoidType(), [pointer.type, number, number, number])
            name = "llvm.prefetch.p0i64"
            function = builder.module.globals.get(name) or ir.Function(builder.module, kind, name)
            builder.call(function, [pointer, number(1), number(3), number(1)])
            return context.get_dummy_value()

        return types.void(words, types.int64), code

    make: Any = intrinsic
    return make(fetch)

"""What the compiler is told and could not find out: five functions with machine code of their own.

In the interpreter each is the plain function that stands here. What runs all the time need not call
them there: :func:`engine.mm.kernel.machine_code_of` gives it a form for the compiler.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import lru_cache
from typing import Any

C_FUNCTION = ctypes.CFUNCTYPE(ctypes.c_int, *[ctypes.c_int64] * 6)
"""What :func:`call_c` calls. C hands pointers and numbers over in registers alike, and a function does not see
the registers that it has no use for: so this stands for every function of up to six of them."""
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


def call_c(function: int, a: int, b: int, c: int, d: int, e: int, f: int) -> int:
    """Call a function of a C library by its address, with addresses and numbers; gives its number."""
    return int(_c_function(function)(a, b, c, d, e, f))


@lru_cache
def _c_function(address: int) -> Callable[..., int]:
    return C_FUNCTION(address)


def twins(linked_late: bool) -> dict[Callable[..., Any], Any]:
    """Each function with its machine code; only late linking can give :func:`journal_kept` two values."""
    found: dict[Callable[..., Any], Any] = {place: _unsigned(), fixed: _invariant(), prefetch: _prefetch(),
                                                        call_c: _call_c()}  # fmt: skip
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


def _call_c() -> Any:
    from llvmlite import ir
    from numba.core import types
    from numba.extending import intrinsic

    def call(typing_context: Any, function: Any, a: Any, b: Any, c: Any, d: Any, e: Any, f: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            kind = ir.FunctionType(ir.IntType(32), [ir.IntType(64)] * 6)
            function = builder.inttoptr(arguments[0], kind.as_pointer())
            return builder.sext(builder.call(function, arguments[1:]), ir.IntType(64))

        return types.int64(*[types.int64] * 7), code

    make: Any = intrinsic
    return make(call)

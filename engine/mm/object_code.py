"""The model's machine code in a file of its own: loaded in a twentieth of a second, without Numba.

Numba's own cache needs Numba, a third of a second before the first function is loaded. What Numba has
made is an object file for each entry like that of any compiler; LLVM links it into the process, and
ctypes calls it, without holding the interpreter.
"""

from __future__ import annotations

import ctypes
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

FILE = "model.code"
DIGEST_BYTES = 32


@dataclass(frozen=True)
class Object:
    """One entry as Numba compiled it."""

    symbol: str
    """Its name in the object file."""
    code: bytes
    """The object file."""


class Code:
    """An entry's machine code, called with one-dimensional arrays and integers; gives an integer."""

    def __init__(self, name: str, address: int) -> None:
        self.name = name
        self._address = address
        self._function: Any = None

    def __call__(self, *arguments: Any) -> int:
        """Raises ArithmeticError where Numba would have raised: the model's functions never do."""
        words: list[int] = []  # Numba hands an array over as seven: owners, items, bytes an item, place, shape, stride
        for argument in arguments:
            if isinstance(argument, np.ndarray):
                address = argument.__array_interface__["data"][0]
                words += (0, 0, argument.size, argument.itemsize, address, argument.size, argument.itemsize)
            else:
                words.append(int(argument))
        if self._function is None:
            kinds = [ctypes.c_void_p, ctypes.c_void_p, *[ctypes.c_int64] * len(words)]
            self._function = ctypes.CFUNCTYPE(ctypes.c_int32, *kinds)(self._address)
        result, raised = ctypes.c_int64(0), ctypes.c_void_p(0)
        status = self._function(ctypes.addressof(result), ctypes.addressof(raised), *words)
        if status > 0:
            raise ArithmeticError(f"the machine code of {self.name} failed with status {status}")
        return result.value


def target() -> str:
    """What the machine code is made for: LLVM, the processor and what it can do."""
    import llvmlite
    from llvmlite import binding

    return f"{llvmlite.__version__} {binding.get_host_cpu_name()} {binding.get_host_cpu_features().flatten()}"


def packed(objects: Mapping[str, Object]) -> bytes:
    """The entries as one stretch of bytes: a digest, a table, the object files."""
    table = {name: [made.symbol, len(made.code)] for name, made in objects.items()}
    content = json.dumps(table).encode() + b"\n" + b"".join(made.code for made in objects.values())
    return blake2b(content, digest_size=DIGEST_BYTES).digest() + content


def unpacked(kept: bytes) -> dict[str, Object]:
    """The entries by name; none where the bytes are damaged."""
    content = kept[DIGEST_BYTES:]
    if blake2b(content, digest_size=DIGEST_BYTES).digest() != kept[:DIGEST_BYTES]:
        return {}
    head, _, codes = content.partition(b"\n")
    objects, at = {}, 0
    for name, (symbol, length) in json.loads(head).items():
        objects[name] = Object(symbol, codes[at : at + length])
        at += length
    return objects


def keep(folder: Path, objects: Mapping[str, Object]) -> None:
    """Write the entries' object files down; where the disk does not take them, they are made again next time."""
    written = ""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=FILE, delete=False) as file:
            written = file.name
            file.write(packed(objects))
        os.replace(written, folder / FILE)
    except OSError:
        if written:
            Path(written).unlink(missing_ok=True)


def load(folder: Path) -> dict[str, Code]:
    """The entries by name; none where nothing is kept, or what is kept is damaged."""
    try:
        kept = (folder / FILE).read_bytes()
    except OSError:
        return {}
    return linked(unpacked(kept))


_engines: list[Any] = []
"""They own the machine code, and live as long as the process."""


def linked(objects: Mapping[str, Object]) -> dict[str, Code]:
    """The entries' machine code in this process."""
    from llvmlite import binding

    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    machine = binding.Target.from_default_triple().create_target_machine()
    nothing = binding.parse_assembly("")
    nothing.triple = binding.get_process_triple()
    engine = binding.create_mcjit_compiler(nothing, machine)
    for made in objects.values():
        engine.add_object_file(binding.ObjectFileRef.from_data(made.code))
    engine.finalize_object()
    _engines.append(engine)
    return {name: Code(name, engine.get_function_address(made.symbol)) for name, made in objects.items()}

"""The designs of the swap layer, one module each, behind one seam (:mod:`engine.mm.design.hooks`).

What they are called must be known before any of them can be imported (they build on the image,
and the image's setting ``machine.design`` lists them), so it is read off their source.
"""

from __future__ import annotations

import ast
from pathlib import Path


def design_names() -> tuple[str, ...]:
    """Names of the designs in the order of their numbers: every module here with a ``NUMBER`` and a ``NAME``."""
    found: dict[int, str] = {}
    for source in Path(__file__).parent.glob("*.py"):
        constants = {
            target.id: node.value.value
            for node in ast.parse(source.read_text(encoding="utf-8")).body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        if "NUMBER" in constants and "NAME" in constants:
            found[int(str(constants["NUMBER"]))] = str(constants["NAME"])
    return tuple(found[number] for number in sorted(found))

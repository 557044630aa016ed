"""What a person types into a field, as the value that it means, and a value as a field shows it.

Nothing that is typed is refused or lost here: what cannot be the kind of value that is wanted becomes a
text, and the check of the whole file says what would be right.
"""

from __future__ import annotations

import math
import re
import tomllib
from typing import Any

from engine.scenario.forms import Field, Kind
from engine.scenario.write import value_text

_WHOLE = re.compile(r"[+-]?\d+")
_GAPS = re.compile(r"(?<=\d)[_\s\u2009\u202f](?=\d)")
"""Between the thousands of a number."""
_BETWEEN = re.compile(r"[\s,;]+")


def value_of(field: Field, text: str) -> Any:
    """The value that a text means in this field; None where it is empty, which leaves the key out."""
    bare = text.strip()
    if not bare:
        return None
    match field.kind:
        case Kind.NUMBER:
            return _number(bare)
        case Kind.REAL:
            found = _number(bare.replace(",", "."))
            return float(found) if isinstance(found, int) else found
        case Kind.NUMBERS:
            numbers = [_number(one) for one in _BETWEEN.split(bare.strip("[], "))]
            return numbers[0] if len(numbers) == 1 and field.default is None else numbers
        case Kind.LINES:
            return [line.strip() for line in text.splitlines() if line.strip()]
        case Kind.ANY:
            return {"true": True, "false": False}.get(bare, _number(bare))
        case Kind.SWITCH:
            return {"true": True, "false": False}.get(bare, bare)
        case Kind.OTHER:
            try:
                return tomllib.loads(f"value = {bare}")["value"]
            except tomllib.TOMLDecodeError:
                return bare
    return text if field.kind is Kind.LONG else bare


def text_of(field: Field, value: Any) -> str:
    """A value as the field shows it: what :func:`value_of` makes the same value of."""
    if value is None:
        return ""
    if field.kind is Kind.NUMBERS and isinstance(value, list):
        return ", ".join(map(_shown, value))
    if field.kind is Kind.LINES and isinstance(value, list):
        return "\n".join(map(_shown, value))
    return value_text(value) if field.kind is Kind.OTHER else _shown(value)


def _number(text: str) -> int | float | str:
    bare = _GAPS.sub("", text)
    if _WHOLE.fullmatch(bare):
        return int(bare) if len(bare) < 20 else text
    try:
        value = float(bare)
    except ValueError:
        return text
    return value if math.isfinite(value) else text


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else value_text(value)

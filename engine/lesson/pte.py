"""Page-table entries filled in by hand: which fields there are in each form, and how much of a filled one is right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine import explain as ex
from engine.explain import Form, Role
from engine.phrase import phrase

_SAMPLES = {Form.NEVER: 0, Form.PRESENT: 1, Form.SWAPPED: ex.encode_swap_pte(0, 1)}


@dataclass(frozen=True)
class PteField:
    """A field to be filled in."""

    name: str
    bits: str
    width: int
    kernel: str


@dataclass(frozen=True)
class Filled:
    """An entry as somebody filled it in: its form, and the value of each field (an offset not inverted)."""

    form: Form
    fields: tuple[tuple[str, int], ...] = ()


def fields_of(form: Form) -> list[PteField]:
    """The fields of an entry of a form, those with a meaning, highest first."""
    word = ex.decode_pte(_SAMPLES[form])
    return [
        PteField(field.name, field.bits, field.width, field.kernel)
        for field in word.fields if field.role is not Role.UNUSED
    ]  # fmt: skip


def filled_from(word: int) -> Filled:
    """A whole word taken apart."""
    decoded = ex.decode_pte(word)
    form = ex.pte_form(ex.unsigned(word))
    return Filled(form, tuple((one.name, one.value) for one in decoded.fields if one.role is not Role.UNUSED))


def filled(form: Form, values: Mapping[str, int]) -> Filled:
    """Fields by name; one that is not given counts as 0."""
    return Filled(form, tuple((field.name, int(values.get(field.name, 0))) for field in fields_of(form)))


def share_right(given: Filled, word: int) -> float:
    """How much of a filled entry agrees with the word, 0 … 1; nothing where the form is another."""
    right = filled_from(word)
    if given.form is not right.form:
        return 0.0
    if not right.fields:
        return 1.0
    known = dict(given.fields)
    return sum(known.get(name) == value for name, value in right.fields) / len(right.fields)


def told(word: int) -> str:
    """An entry in words: form, then its fields."""
    right = filled_from(word)
    fields = ", ".join(f"{name} {value}" for name, value in right.fields)
    form: str = phrase(str(right.form))
    return phrase("{form}: {fields}", form=form, fields=fields) if fields else form

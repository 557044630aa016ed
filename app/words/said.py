"""What the engine says, in the language of the window.

The engine speaks English: as phrases that know their template (:mod:`engine.phrase`), and as texts that stand in
declarations (settings, counters, tables, kinds of transition, invariants, the glossary). Both are looked up in the
catalogue of the language chosen; what it does not have stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from app.words.language import language
from engine import explain
from engine.glossary import GLOSSARY
from engine.invariants import INVARIANTS
from engine.lesson import facts, values
from engine.mm import image as im
from engine.mm.design.hooks import DESIGNS
from engine.mm.schema import Group
from engine.mm.transitions import KINDS, REASONS
from engine.phrase import Phrase, retold
from engine.reading import FrameState, PageState, SlotState
from engine.reading.designs import Backend
from engine.scenario.query import Result
from engine.sentence import BACKENDS, MAPPED, SWAPOFF_RESULTS, WRITEBACK_FAILURES
from engine.why import ON_ITS_WAY

Told = TypeVar("Told")


def said(text: str, called: Mapping[str, str] | None = None) -> str:
    """A phrase of the engine; any other text stays as it is. ``called``: what things of its run are called."""
    texts = language().texts
    if not texts or not isinstance(text, Phrase):
        return text
    names = called if called is not None else language().names
    return retold(text, lambda template: texts.get(template) or names.get(template))


def declared(text: str) -> str:
    """A text that stands in a declaration of the engine."""
    return language().texts.get(text, text)


def translated(thing: Told) -> Told:
    """A record of the engine with all phrases in it, however deep, in the language of the window."""
    return _translated(thing) if language().texts else thing


def _translated(thing: object) -> Any:
    if isinstance(thing, str):
        return said(thing)
    if isinstance(thing, tuple):
        return tuple(_translated(one) for one in thing)
    if is_dataclass(thing) and not isinstance(thing, type):
        return replace(thing, **{field.name: _translated(getattr(thing, field.name)) for field in fields(thing)})
    return thing


def declarations() -> Iterator[str]:
    """Every declared text of the engine that the window shows."""
    for kind in KINDS:
        yield from (kind.name, kind.sentence)
    for told in (REASONS, BACKENDS, MAPPED, SWAPOFF_RESULTS, WRITEBACK_FAILURES):
        yield from told
    for scalar in im.schema.scalars:
        shown = scalar.group in (Group.SETTING, Group.GAUGE, Group.COUNTER)
        if shown and scalar.address not in im.LATENCY_BINS:  # its bins are drawn as one curve
            yield from (scalar.meaning, scalar.unit)
    for table in im.schema.tables:
        for column in table.columns:
            yield from (column.meaning, column.unit)
    for term in GLOSSARY:
        yield from (term.term, term.meaning)
    yield from (invariant.meaning for invariant in INVARIANTS)
    for design in DESIGNS:
        yield from (design.ENTRY_NAME, design.ENTRY_NAME + " {number}")
    yield from explain.PAGE_FLAG_TEXTS.values()
    yield from (str(form) for form in explain.Form)
    yield from explain.BACKEND_NAMES.values()
    for texts in (values.PAGE_TEXTS, values.FRAME_TEXTS, values.SLOT_TEXTS, facts.BACKEND_TEXTS):
        yield from texts.values()
    yield from (ON_ITS_WAY, "not there", "page", "shmem", "frame", "slot", "page {number}", "frame {number}")
    yield from (str(result) for result in Result)
    yield from ("→ frame", "→ descriptor", "→ virtual slot", "slot {number}", "backend word", "yes")
    yield from ("{n}st", "{n}nd", "{n}rd", "{n}th")
    for states in (PageState, FrameState, SlotState, Backend):
        yield from (state.name.lower().replace("_", " ") for state in states)

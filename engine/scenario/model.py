"""The scenario file's format as checked models: what keys there are, of what type, in what range.

What one value can be wrong about is here; what several values must agree about is in
:mod:`engine.scenario.crosscheck`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union

from pydantic import BaseModel, Discriminator, Field, PrivateAttr, Tag

from engine.mm.design import design_names
from engine.program import Program
from engine.scenario.assignment import Assignment
from engine.scenario.lesson import MAX_STEPS, Step
from engine.scenario.machine import Machine
from engine.scenario.part import Name, Part, Title
from engine.scenario.patterns import MAX_PAGES, MAX_REFERENCES, MODELS, PatternPart, Repeated, Target
from engine.scenario.vary import Vary

FORMAT = 1
DEFAULT_SEED = 1
MAX_SEED = (1 << 31) - 1
RUN_KINDS = ("pattern", "trace", "op", "mark", "set", "parallel")
"""The keys that say what a ``[[run]]`` part is; each part has exactly one of them."""

Pages = Annotated[int, Field(ge=1, le=MAX_PAGES)]


class Compressed(Part):
    """Pages of which only the compressed size matters."""

    compressed: int = Field(ge=36, le=4096, description="Bytes LZ4 makes of a page")


def _content_tag(value: Any) -> str:
    """Which kind of content a value means."""
    return "<size>" if isinstance(value, Mapping | Compressed) else "<family>"


def _trace_content_tag(value: Any) -> str:
    """The same where a table may also name a content for each region."""
    return "<regions>" if isinstance(value, Mapping) and set(value) != {"compressed"} else _content_tag(value)


def _page_tag(value: Any) -> str:
    return "<pages>" if isinstance(value, list) else "<page>"


Content = Annotated[
    Annotated[Name, Tag("<family>")] | Annotated[Compressed, Tag("<size>")],
    Discriminator(_content_tag),
]
TraceContent = Annotated[
    Annotated[Name, Tag("<family>")]
    | Annotated[Compressed, Tag("<size>")]
    | Annotated[dict[str, Content], Tag("<regions>")],
    Discriminator(_trace_content_tag),
]
PageNumber = Annotated[int, Field(ge=0, le=MAX_PAGES)]
PageNumbers = Annotated[
    Annotated[PageNumber, Tag("<page>")] | Annotated[list[PageNumber], Field(min_length=1), Tag("<pages>")],
    Discriminator(_page_tag),
]


class Region(Part):
    """Pages of a process that belong together."""

    name: Name = Field(description="Name of the region")
    pages: Pages = Field(description="Its length in pages")
    content: Content | None = Field(None, description="Family of page images; the process' own when not given")
    shared: Name | None = Field(None, description="Name of the [[shmem]] object that it maps")
    offset: int = Field(0, ge=0, le=MAX_PAGES, description="First page of the shmem object")
    locked: bool = Field(False, description="Locked into memory from the start")


class Process(Part):
    """One ``[[process]]``."""

    name: Name = Field(description="Name of the process")
    pages: Pages | None = Field(None, description="Pages of its memory; with regions, room for them")
    content: Content = Field("heap", description="Family of page images, or compressed = BYTES in braces")
    regions: list[Region] = Field([], description="Its regions, one after the other; one of all pages when not given")


class Shmem(Part):
    """One ``[[shmem]]``: memory that processes share."""

    name: Name = Field(description="Name of the object")
    pages: Pages = Field(description="Its length in pages")
    content: Content = Field("heap", description="Family of page images, or compressed = BYTES in braces")


class TracePart(Repeated):
    """References of a recorded program."""

    trace: Annotated[str, Field(min_length=1)] = Field(description="Trace file, seen from the scenario's folder")
    process: Name | None = Field(None, description="Process that makes the references, of a trace with one process")
    content: TraceContent | None = Field(
        None, description="Content of all its pages, or a table of contents by name of region"
    )
    files: bool = Field(True, description="false: leave out references to pages that have a file behind them")
    limit: int | None = Field(None, ge=1, le=MAX_REFERENCES, description="Only so many references")


class MarkPart(Repeated):
    """A named moment."""

    mark: Name = Field(description="Name of the moment")


class SetPart(Part):
    """A knob of the machine is turned while it runs."""

    set: Name = Field(description="Dotted key of the setting, as machine.zswap.max_pool_percent")
    value: bool | int | str = Field(description="Its new value, written as in [machine]")


PROCESS = Field(None, description="Name of the process; may be left out when there is only one")


class TouchPart(Repeated):
    """Single references."""

    op: Literal["read", "write"] = Field(description="What is done")
    process: Name | None = PROCESS
    region: Name | None = Field(None, description="Count pages inside this region of the process")
    page: PageNumbers = Field(description="Page, or pages in order, counted inside the region or process")
    count: int = Field(1, ge=1, le=1 << 20, description="References to the page in a row")


class RangePart(Target, Repeated):
    """Something done to a range of pages."""

    op: Literal["munmap", "pageout", "cold", "dontneed", "willneed", "mlock", "munlock"] = Field(
        description="What is done: munmap, one of madvise's, mlock or munlock"
    )


class ForkPart(Part):
    """A process makes a copy of itself."""

    op: Literal["fork"] = Field(description="What is done")
    process: Name | None = PROCESS
    child: Name = Field(description="Name of the new process")


class ExecPart(Part):
    """A process starts that was not there before: one region of all its pages, none of them touched."""

    op: Literal["exec"] = Field(description="What is done")
    process: Name = Field(description="Name of the process: a [[process]] without regions")


class ExitPart(Part):
    """A process ends."""

    op: Literal["exit"] = Field(description="What is done")
    process: Name | None = PROCESS


class SwapPart(Part):
    """A swapfile is put in use, or out of use."""

    op: Literal["swapon", "swapoff"] = Field(description="What is done")
    swapfile: Name = Field(description="Name of the swapfile")


class IdlePart(Repeated):
    """Nobody does anything for a while."""

    op: Literal["idle"] = Field(description="What is done")
    ns: int = Field(ge=1, le=(1 << 31) - 1, description="Nanoseconds")


OP_MODELS: dict[str, tuple[str, ...]] = {
    "<touch>": ("read", "write"),
    "<range>": ("munmap", "pageout", "cold", "dontneed", "willneed", "mlock", "munlock"),
    "<fork>": ("fork",),
    "<exec>": ("exec",),
    "<exit>": ("exit",),
    "<swap>": ("swapon", "swapoff"),
    "<idle>": ("idle",),
}
OPS = tuple(op for ops in OP_MODELS.values() for op in ops)
_OP_TAGS = {op: tag for tag, ops in OP_MODELS.items() for op in ops}


def _run_tag(value: Any) -> str | None:
    """Which kind of ``[[run]]`` part a table means; None when it says none, or more than one."""
    found = value.model_fields_set if isinstance(value, BaseModel) else value if isinstance(value, Mapping) else ()
    kinds = [kind for kind in RUN_KINDS if kind in found]
    if len(kinds) != 1:
        return None
    kind = kinds[0]
    named = getattr(value, kind) if isinstance(value, BaseModel) else value[kind]
    if kind == "pattern":
        return f"<pattern {named}>"
    if kind == "op":
        return _OP_TAGS.get(named, f"<op {named}>") if isinstance(named, str) else f"<op {named}>"
    return f"<{kind}>"


def run_model(part: Any) -> type[Part] | None:
    """The model of a ``[[run]]`` part, or of one inside ``parallel``; None where it does not say what it is."""
    return _RUN_MODELS.get(_run_tag(part) or "")


_PATTERN_PARTS = tuple(Annotated[model, Tag(f"<pattern {name}>")] for name, model in MODELS.items())
_TRACE_PART = Annotated[TracePart, Tag("<trace>")]
if TYPE_CHECKING:
    ReferencePart = PatternPart | TracePart
else:
    ReferencePart = Annotated[Union[(*_PATTERN_PARTS, _TRACE_PART)], Discriminator(_run_tag)]


class ParallelPart(Repeated):
    """Several processes at work at the same time: their references taken by turns."""

    parallel: list[ReferencePart] = Field(min_length=1, max_length=128, description="Parts with a pattern or a trace")
    turn: int = Field(1, ge=1, le=1_000_000, description="References one makes before it is another's turn")


_RUN_MODELS: dict[str, type[Part]] = {f"<pattern {name}>": model for name, model in MODELS.items()}
_RUN_MODELS |= {"<trace>": TracePart, "<mark>": MarkPart, "<set>": SetPart, "<parallel>": ParallelPart,
                "<touch>": TouchPart, "<range>": RangePart, "<fork>": ForkPart, "<exec>": ExecPart,
                "<exit>": ExitPart, "<swap>": SwapPart, "<idle>": IdlePart}  # fmt: skip
_OTHER_PARTS = tuple(Annotated[model, Tag(tag)] for tag, model in _RUN_MODELS.items()
                     if tag != "<trace>" and not tag.startswith("<pattern"))  # fmt: skip
if TYPE_CHECKING:
    RunPart = Part
else:
    RunPart = Annotated[
        Union[(*_PATTERN_PARTS, _TRACE_PART, *_OTHER_PARTS)],
        Discriminator(_run_tag),
    ]


class Shock(Part):
    """One ``[[shock]]``: something that comes between the operations of ``[[run]]``."""

    at: int = Field(ge=0, le=1 << 31, description="Operations of [[run]], and of shocks above, that are done before")
    name: str = Field("", max_length=64, description="What it is called")
    run: list[RunPart] = Field([], description="What happens then, in parts as [[run]] has them")
    beside: list[ReferencePart] = Field(
        [], max_length=128, description="Parts with a pattern or a trace, spread over all that follows to the end"
    )


if TYPE_CHECKING:
    Design = str
else:
    Design = Literal[design_names()]


class Check(Part):
    """One ``[[check]]``: what must hold when the run is over, or at a mark."""

    name: Name = Field(description="A counter, a gauge, outcome, references, or another of the figures below")
    op: Literal["==", "!=", "<", "<=", ">", ">="] = Field("==", description="How it is compared")
    value: int | str = Field(description="With what")
    at: Name | None = Field(None, description="Name of a mark; the end when not given")
    design: Design | None = Field(None, description="Only with this design")
    text: str | None = Field(None, description="What it is there to show")


class Scenario(Part):
    """A whole scenario file."""

    format: Literal[1] = Field(description="Number of the file format")
    title: Title = Field(description="What it is called")
    summary: str = Field("", description="One sentence for the list")
    level: Literal["beginner", "intermediate", "advanced"] = Field("beginner", description="How much one must know")
    minutes: int = Field(5, ge=1, le=600, description="How long a person needs for it")
    goals: list[str] = Field([], description="What one knows afterwards")
    lesson: str = Field("", description="Text of the lesson, Markdown")
    seed: int = Field(DEFAULT_SEED, ge=0, le=MAX_SEED, description="Where all that is random comes from")
    machine: Machine = Field(default_factory=Machine, description="The machine and its settings")
    process: list[Process] = Field([], description="The processes")
    shmem: list[Shmem] = Field([], description="Memory that processes share")
    run: list[RunPart] = Field([], description="What happens, in order")
    shock: list[Shock] = Field([], max_length=1000, description="What comes in between")
    vary: list[Vary] = Field([], max_length=100, description="What is another value for each other seed")
    check: list[Check] = Field([], description="What must hold in the end or at a mark")
    step: list[Step] = Field([], max_length=MAX_STEPS, description="The lesson, step by step, with questions")
    assignment: Assignment | None = Field(None, description="What students are asked to reach, and how it is graded")

    _source: Path | None = PrivateAttr(None)
    _on_trace: bool = PrivateAttr(False)
    _varied: dict[str, tuple[Any, Any]] = PrivateAttr(default_factory=dict)
    _mark_names: dict[str, str] = PrivateAttr(default_factory=dict)

    @property
    def source(self) -> Path | None:
        """The file it was read from; None when it was made in the program."""
        return self._source

    @property
    def mark_names(self) -> dict[str, str]:
        """What the marks are called in the language of the texts, where that is not that of the file."""
        return self._mark_names

    @property
    def varied(self) -> dict[str, tuple[Any, Any]]:
        """What this instance has otherwise than the file as it stands: (here, there) by key; there None: not given."""
        return self._varied

    def build(self, base_dir: str | os.PathLike[str] | None = None) -> Program:
        """What a machine is given: see :func:`engine.scenario.build.build`."""
        from engine.scenario.build import build

        return build(self, base_dir)

"""Which things move in a transition, from where to where, and what a word at their side says of it.

That is told by the transition; where things were and are, by the scene before and the scene after it. The same moves
run backwards when a person steps back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainterPath

from app.canvas.links import curve
from app.canvas.scene import Scene
from app.canvas.words import translate
from app.moment import Selected, Thing
from engine.mm import transitions as kinds
from engine.reading import FrameState
from engine.transition import Transition

MOST_TOKENS = 48

Spot = Callable[[Scene, Transition], QRectF | None]


@dataclass(frozen=True)
class Move:
    """One way that things of a kind of transition go."""

    start: Spot
    end: Spot
    colour: str
    """Of what it is when it arrives; see :class:`Token`."""
    before: str = ""
    """Of what it is when it sets off, where that is something else."""


@dataclass(frozen=True)
class Token:
    """One thing on its way."""

    path: QPainterPath
    colour: str
    """Name of a colour of the theme: of memory, zswap, disk …, which also says what shape it has."""
    keeper: QRectF | None = None
    """The name that stays where it is and keeps hold of what moves: a descriptor whose backend changes."""
    before: str = ""
    """The colour in whose shape it sets off; empty: the same."""
    source: QRectF = field(default_factory=QRectF)
    target: QRectF = field(default_factory=QRectF)
    """The cells it goes from and to."""
    says: str = ""
    """A word at its side, in the language of the window."""


def _page(scene: Scene, transition: Transition) -> QRectF | None:
    word = transition.operand("page")
    return scene.place(Selected(Thing.PAGE, word & 0xFFFFFFFF, word >> 32))


def _frame(scene: Scene, transition: Transition) -> QRectF | None:
    return scene.frame(transition.operand("frame"))


def _old_frame(scene: Scene, transition: Transition) -> QRectF | None:
    return scene.frame(transition.operand("old"))


def _name(scene: Scene, transition: Transition) -> QRectF | None:
    return scene.name_of(transition.operand("swap"))


def _bar(scene: Scene, transition: Transition) -> QRectF | None:
    return scene.bar_of(transition.operand("swap"))


def _slot(scene: Scene, transition: Transition) -> QRectF | None:
    return scene.slot(transition.operand("slot"))


def _free(scene: Scene, transition: Transition) -> QRectF | None:
    return scene.free()


def _pool(scene: Scene, transition: Transition) -> QRectF | None:
    return scene.pool()


def _cached(scene: Scene, transition: Transition) -> QRectF | None:
    return scene.frame_of(transition.operand("swap"))


def _out(scene: Scene, transition: Transition) -> QRectF | None:
    """The name of a page on its way out; in the story, which has no names, the frame it is still in."""
    return _name(scene, transition) or _cached(scene, transition)


MOVES: dict[int, tuple[Move, ...]] = {
    kinds.FIRST_TOUCH: (Move(_free, _frame, "active"), Move(_frame, _page, "active")),
    kinds.COPY_ON_WRITE: (Move(_old_frame, _frame, "active"), Move(_frame, _page, "active")),
    kinds.SWAP_IN: (Move(_free, _frame, "swapcache"),),
    kinds.READ_AHEAD: (Move(_free, _frame, "swapcache"),),
    kinds.ZSWAP_LOAD: (Move(_bar, _frame, "swapcache", "zswap"),),
    kinds.DISK_READ: (Move(_slot, _frame, "swapcache", "disk"),),
    kinds.ZERO_FILL: (Move(_name, _frame, "swapcache", "zero"),),
    kinds.PAGE_MAPPED: (Move(_frame, _page, "inactive", "swapcache"),),
    kinds.SWAP_NAME: (Move(_frame, _name, "swapcache"),),
    kinds.ZSWAP_STORE: (Move(_cached, _bar, "zswap", "swapcache"),),
    kinds.KEEP: (Move(_frame, _frame, "inactive"),),
    kinds.ACTIVATED: (Move(_frame, _frame, "active", "inactive"),),
    kinds.NAME_FAIL: (Move(_frame, _frame, "active", "inactive"),),
    kinds.NOT_WRITTEN: (Move(_frame, _frame, "active", "inactive"),),
    kinds.NEVER_MAPPED: (Move(_frame, _frame, "active", "inactive"),),
    kinds.MET_WRITING: (Move(_frame, _frame, "active", "inactive"),),
    kinds.WB_ROTATE: (Move(_bar, _bar, "zswap"),),
    kinds.ZSWAP_REJECT: (Move(_out, _pool, "danger"),),
    kinds.WRITE_BACK: (Move(_bar, _slot, "disk", "zswap"),),
    kinds.SLOT_TAKEN: (Move(_out, _slot, "disk"),),
    kinds.DISK_WRITE: (Move(_frame, _slot, "disk", "swapcache"),),
    kinds.FREED: (Move(_frame, _free, "dim"),),
    kinds.SWAPOFF_PAGE: (Move(_name, _frame, "swapcache", "disk"),),
    kinds.ZSWAP_FREED: (Move(_bar, _free, "dim", "zswap"),),
}
"""From where to where, for each kind of transition."""

SAYS: dict[int, Callable[[], str]] = {
    kinds.FIRST_TOUCH: lambda: translate("Canvas", "takes a free frame"),
    kinds.COPY_ON_WRITE: lambda: translate("Canvas", "copied"),
    kinds.SWAP_IN: lambda: translate("Canvas", "a frame to come back to"),
    kinds.READ_AHEAD: lambda: translate("Canvas", "read ahead"),
    kinds.ZSWAP_LOAD: lambda: translate("Canvas", "decompressed"),
    kinds.DISK_READ: lambda: translate("Canvas", "read from the disk"),
    kinds.ZERO_FILL: lambda: translate("Canvas", "filled with zeroes"),
    kinds.PAGE_MAPPED: lambda: translate("Canvas", "mapped again"),
    kinds.SWAP_NAME: lambda: translate("Canvas", "gets a name"),
    kinds.UNMAP: lambda: translate("Canvas", "the page table holds the name"),
    kinds.ZSWAP_STORE: lambda: translate("Canvas", "compressed"),
    kinds.KEEP: lambda: translate("Canvas", "a second chance"),
    kinds.ACTIVATED: lambda: translate("Canvas", "used again"),
    kinds.NAME_FAIL: lambda: translate("Canvas", "no name is left: it stays"),
    kinds.NOT_WRITTEN: lambda: translate("Canvas", "can go nowhere: it stays"),
    kinds.NEVER_MAPPED: lambda: translate("Canvas", "nobody mapped it: it stays"),
    kinds.MET_WRITING: lambda: translate("Canvas", "still being written"),
    kinds.WB_ROTATE: lambda: translate("Canvas", "a second chance"),
    kinds.ZSWAP_REJECT: lambda: translate("Canvas", "refused"),
    kinds.WRITE_BACK: lambda: translate("Canvas", "written back"),
    kinds.SLOT_TAKEN: lambda: translate("Canvas", "takes a slot"),
    kinds.DISK_WRITE: lambda: translate("Canvas", "written to the disk"),
    kinds.FREED: lambda: translate("Canvas", "its frame is free"),
    kinds.SWAPOFF_PAGE: lambda: translate("Canvas", "brought back"),
    kinds.ZSWAP_FREED: lambda: translate("Canvas", "its room is free"),
}
"""What is said at the side of what moves."""
SAYS_WITH_DESCRIPTORS: dict[int, Callable[[], str]] = {
    kinds.WRITE_BACK: lambda: translate("Canvas", "written back: takes a slot only now"),
    kinds.SLOT_TAKEN: lambda: translate("Canvas", "takes a slot only now"),
}
"""The same where a descriptor stays and its backend changes."""


def tokens(transition: Transition, before: Scene, after: Scene, changed: tuple[Selected, ...] = ()) -> list[Token]:
    """What moves in a transition that leads from one scene to the other and changed those things."""
    found: list[Token] = []
    kind = transition.kind.number
    if kind == kinds.UNMAP:
        found = _named(transition, after, changed)
    for move in MOVES.get(kind, ()):
        a = move.start(before, transition) or move.start(after, transition)
        b = move.end(after, transition) or move.end(before, transition)
        if a is not None and b is not None and a.center() != b.center():
            found.append(Token(curve(a, b), move.colour, _keeper(transition, after), move.before, a, b))
    if not found:
        found = _between_lists(before, after)
    says = SAYS_WITH_DESCRIPTORS.get(kind) if after.described else None
    says = says or SAYS.get(kind)
    if found and says:
        found[-1] = replace(found[-1], says=says())
    return found[:MOST_TOKENS]


BACKEND_CHANGES = {
    kinds.ZSWAP_STORE, kinds.WRITE_BACK, kinds.SLOT_TAKEN, kinds.DISK_WRITE, kinds.ZSWAP_LOAD, kinds.DISK_READ,
    kinds.ZSWAP_REJECT,
}  # fmt: skip
"""What the bytes of a page go to while its descriptor stays."""


def _keeper(transition: Transition, after: Scene) -> QRectF | None:
    if not after.described or transition.kind.number not in BACKEND_CHANGES:
        return None
    return _name(after, transition) if "swap" in transition.kind.operands else None


def _named(transition: Transition, after: Scene, changed: tuple[Selected, ...]) -> list[Token]:
    """The swap entry goes into every page-table entry that mapped the page."""
    name = _name(after, transition)
    found = []
    for thing in changed:
        rect = after.page(thing) if thing.thing in (Thing.PAGE, Thing.SHMEM) else None
        if name is not None and rect is not None:
            found.append(Token(curve(name, rect), "text", source=name, target=rect))
    return found


def _between_lists(before: Scene, after: Scene) -> list[Token]:
    """Frames that went from one LRU list to the other."""
    old, new = before.facts.memory, after.facts.memory
    if not (old.ordered and new.ordered) or len(old.marks) != len(new.marks):
        return []
    a, b = old.marks >> 2, new.marks >> 2
    there = (a != FrameState.FREE) & (b != FrameState.FREE)
    found = []
    for frame in (there & (a != b)).nonzero()[0][:MOST_TOKENS].tolist():
        start, end = (scene.frame(frame) for scene in (before, after))
        if start is not None and end is not None and start.center() != end.center():
            colours = ("active", "inactive") if b[frame] == FrameState.ACTIVE else ("inactive", "active")
            found.append(Token(curve(start, end), colours[0], None, colours[1], start, end))
    return found

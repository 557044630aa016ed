"""The legend: every state's shape and colour with its name, in one line under the columns."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from app.canvas.facts import Facts
from app.canvas.marking import Marking, sample
from app.canvas.sprites import FRAME, PAGE, SLOT, Family, atlas, image_of
from app.canvas.style import Style
from app.canvas.terms import as_tooltip
from app.canvas.words import translate
from engine.naming import grouped
from engine.reading import FrameState, PageState, SlotState
from engine.reading.apart import Apart

HEIGHT = 30
CELL, BEFORE, BETWEEN = 15, 6, 16
"""Pixels of a drawing, from it to its name, and between two items."""


def items(facts: Facts) -> list[tuple[Family, int, str]]:
    """Sprite and name of each state; the rare ones only while they occur."""
    states: set[int] = set()
    for block in (*facts.processes, *facts.shmem):
        states |= {state for state in PageState if state >= PageState.UNEVICTABLE and block.count(state)}
    slots = {state for file in facts.swapfiles for state in SlotState if file.count(state)}
    found: list[tuple[Family, int, str]] = [
        (PAGE, PageState.ACTIVE * 2, translate("Canvas", "in memory, active")),
        (PAGE, PageState.INACTIVE * 2, translate("Canvas", "inactive")),
        (PAGE, PageState.INACTIVE * 2 + 1, translate("Canvas", "in the swapcache too")),
        (PAGE, PageState.CACHED_ONLY * 2, translate("Canvas", "swapped out, still cached")),
        (PAGE, PageState.ZSWAP * 2, translate("Canvas", "in zswap")),
        (PAGE, PageState.DISK * 2, translate("Canvas", "in a swapfile")),
        (PAGE, PageState.NEVER * 2, translate("Canvas", "never touched")),
    ]
    if PageState.ZERO in states:
        found.append((PAGE, PageState.ZERO * 2, translate("Canvas", "zero mark")))
    if PageState.ZERO_PAGE in states:
        found.append((PAGE, PageState.ZERO_PAGE * 2, translate("Canvas", "shared zero page")))
    if PageState.UNEVICTABLE in states:
        found.append((PAGE, PageState.UNEVICTABLE * 2, translate("Canvas", "locked")))
    if facts.memory.writing:
        found.append((FRAME, FrameState.INACTIVE * 4 + 1, translate("Canvas", "being written")))
    if SlotState.HELD in slots:
        found.append((SLOT, SlotState.HELD * 2, translate("Canvas", "slot held for zswap: wasted")))
    if SlotState.CACHED in slots:
        found.append((SLOT, SlotState.CACHED * 2, translate("Canvas", "slot not yet written")))
    if SlotState.BAD in slots:
        found.append((SLOT, SlotState.BAD * 2, translate("Canvas", "bad slot")))
    return found


def _fitting(facts: Facts, room: float, style: Style) -> list[tuple[Family, int, str]]:
    """All items, by shorter names where ``room`` pixels are too few for the whole ones."""
    whole = items(facts)
    taken = sum(style.width(name, 10.5) + style.px(CELL + BEFORE + BETWEEN) for _, _, name in whole)
    if taken - style.px(BETWEEN) <= room:
        return whole
    shorter = {
        (PAGE.name, PageState.ACTIVE * 2): translate("Canvas", "active"),
        (PAGE.name, PageState.INACTIVE * 2 + 1): translate("Canvas", "in swapcache too"),
        (PAGE.name, PageState.CACHED_ONLY * 2): translate("Canvas", "only cached"),
        (PAGE.name, PageState.ZSWAP * 2): translate("Canvas", "zswap"),
        (PAGE.name, PageState.DISK * 2): translate("Canvas", "swapfile"),
        (PAGE.name, PageState.NEVER * 2): translate("Canvas", "untouched"),
        (SLOT.name, SlotState.HELD * 2): translate("Canvas", "slot wasted"),
        (SLOT.name, SlotState.CACHED * 2): translate("Canvas", "slot unwritten"),
    }
    return [(family, index, shorter.get((family.name, index), name)) for family, index, name in whole]


def _room(box: QRectF, marking: Marking | None, style: Style) -> tuple[float, float]:
    """Where items begin, and where they must end for what the marks of other machines mean."""
    taken = sum(style.width(text, 10.5, bold=True) + style.px(CELL + BEFORE + 18) for text in differences(marking))
    return box.left() + style.px(14), box.right() - style.px(8) - taken


def legend_key(facts: Facts, marking: Marking | None) -> object:
    """What the legend depends on."""
    shown = tuple((family.name, index, name) for family, index, name in items(facts))
    return shown, tuple(differences(marking)), marking is not None and marking.pictured


def paint_legend(painter: QPainter, box: QRectF, facts: Facts, style: Style, marking: Marking | None = None) -> None:
    """Draw as many items as fit, from the left; what the marks of other machines mean first of all, at the right."""
    right = box.right() - style.px(8)
    for place, text in reversed(list(enumerate(differences(marking)))):
        assert marking is not None
        width = style.width(text, 10.5, bold=True)
        left = right - width - style.px(CELL + BEFORE)
        size = max(4, round(style.px(CELL) * style.ratio))
        _item(painter, left, box.center().y(), sample(style, size, place, marking.pictured), text, style, "text")
        right = left - style.px(18)
    x, right = _room(box, marking, style)
    for family, index, name in _fitting(facts, right - x, style):
        width = style.width(name, 10.5)
        if x + style.px(CELL + BEFORE) + width > right:
            return
        size = max(4, round(style.px(CELL) * style.ratio))
        image = image_of(atlas(family, size, size, style, 0).pixels[index])
        image.setDevicePixelRatio(style.ratio)
        x = _item(painter, x, box.center().y(), image, name, style, "dim") + style.px(BETWEEN)


TERMS = {
    (PAGE.name, PageState.ACTIVE * 2): ("active list",), (PAGE.name, PageState.INACTIVE * 2): ("inactive list",),
    (PAGE.name, PageState.INACTIVE * 2 + 1): ("swapcache",), (PAGE.name, PageState.CACHED_ONLY * 2): ("swapcache",),
    (PAGE.name, PageState.ZSWAP * 2): ("zswap",), (PAGE.name, PageState.DISK * 2): ("slot", "backend"),
    (PAGE.name, PageState.NEVER * 2): ("page-table entry",), (PAGE.name, PageState.ZERO * 2): ("zero mark",),
    (PAGE.name, PageState.UNEVICTABLE * 2): ("reclaim",), (FRAME.name, FrameState.INACTIVE * 4 + 1): ("frame",),
    (SLOT.name, SlotState.HELD * 2): ("slot", "zswap"), (SLOT.name, SlotState.CACHED * 2): ("slot", "swapcache"),
}  # fmt: skip
"""Words of the glossary behind each item."""


def hint_at(box: QRectF, point: QPointF, facts: Facts, style: Style, marking: Marking | None = None) -> str:
    """What the item under a point means, as rich text."""
    x, right = _room(box, marking, style)
    for family, index, name in _fitting(facts, right - x, style):
        wide = style.px(CELL + BEFORE) + style.width(name, 10.5)
        if x <= point.x() < x + wide and box.contains(point):
            whole = next(text for kind, number, text in items(facts) if (kind, number) == (family, index))
            return as_tooltip("" if whole == name else whole, TERMS.get((family.name, index), ()))
        x += wide + style.px(BETWEEN)
    return ""


def differences(marking: Marking | None) -> list[str]:
    """How much is otherwise in each of the other machines, in words."""
    if marking is None:
        return []
    if not marking.pictured:
        return [translate("Canvas", "otherwise in another machine")]
    return [
        f"{name}: {difference_text(other)}"
        for other, name in zip(marking.others, marking.names, strict=False)
    ]


def difference_text(other: Apart) -> str:
    """``23 pages, 4 slots differ``, or that nothing does."""
    pages, slots = other.count("page", "shmem"), other.count("slot")
    said = []
    if pages:
        many = translate("Canvas", "{n} pages").format(n=grouped(pages))
        said.append(many if pages > 1 else translate("Canvas", "1 page"))
    if slots:
        many = translate("Canvas", "{n} slots").format(n=grouped(slots))
        said.append(many if slots > 1 else translate("Canvas", "1 slot"))
    if not said:
        return translate("Canvas", "pages and slots as here")
    return translate("Canvas", "{things} differ").format(things=", ".join(said))


def _item(painter: QPainter, x: float, middle: float, image: QImage, text: str, style: Style, colour: str) -> float:
    """A drawing and what it means; gives where it ends."""
    painter.drawImage(QPointF(style.snap(x), style.snap(middle - style.px(CELL) / 2)), image)
    x += style.px(CELL + BEFORE)
    width = style.width(text, 10.5, bold=colour == "text")
    box = QRectF(x, middle - style.px(9), width + 2, style.px(18))
    style.text(painter, box, text, 10.5, colour, bold=colour == "text")
    return x + width

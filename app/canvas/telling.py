"""What there is to say of things on the canvas: tooltips, the clipboard, screen readers."""

from __future__ import annotations

from app import theme
from app.canvas.words import translate
from app.moment import Moment, Selected
from app.words.said import declared, translated
from engine.describe import describe
from engine.reading import Leaving, Way

Facts = list[tuple[str, str]]


def facts_of(moment: Moment, thing: Selected) -> Facts:
    """Label and value of what there is to say of a thing now."""
    try:
        told = translated(describe(moment.view, moment.program, thing))
    except ValueError:
        return [(declared(thing.thing.value), translate("Canvas", "is not there any more"))]
    facts = [(declared(thing.thing.value), told.title), (translate("Canvas", "where"), told.place),
             (translate("Canvas", "state"), told.state)]  # fmt: skip
    if told.word is not None:
        facts.append((told.word.form, told.word.hex))
    return facts + [(row.label, row.text) for row in told.chain]


def as_text(moment: Moment, things: tuple[Selected, ...]) -> str:
    """A label and its value on each line, things apart by an empty line."""
    parts = [facts_of(moment, thing) for thing in things]
    return "\n\n".join("\n".join(f"{label}: {value}" for label, value in facts) for facts in parts)


def as_tip(moment: Moment, thing: Selected) -> str:
    """The same of one thing as rich text."""
    dim = theme.current().dim
    rows = "".join(
        f"<tr><td style='color:{dim}; padding-right:10px'>{label}</td><td>{value}</td></tr>"
        for label, value in facts_of(moment, thing)
    )
    return f"<table cellspacing='1'>{rows}</table>"


def leaving_text(leaving: Leaving, swapfile: str) -> str:
    """Where the last page of the inactive list would go, in words; nothing while the list is empty."""
    if not leaving.frame:
        return ""
    texts = {
        Way.POOL: translate("Canvas", "into the zswap pool"),
        Way.SLOT: translate("Canvas", "to {swapfile}").format(swapfile=swapfile),
        Way.ZERO: translate("Canvas", "it is all zero, and a mark is enough"),
        Way.DROP: translate("Canvas", "its bytes are safe: its frame becomes free at once"),
        Way.NONE: translate("Canvas", "nowhere: it cannot leave now"),
    }
    return translate("Canvas", "Where the last page goes unless it was used: {where}.").format(where=texts[leaving.way])

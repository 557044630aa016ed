"""Whether a query makes sense in its scenario: every name in it exists, and its parts fit together."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from engine.errors import nearest
from engine.figures import DERIVED
from engine.mm.image import schema
from engine.mm.schema import Group
from engine.mm.transitions import KINDS
from engine.phrase import phrase
from engine.scenario.query import (
    ATTRIBUTES,
    EVENT_ONLY,
    THING_ONLY,
    AnyNumber,
    AnyThing,
    At,
    Coldest,
    Compared,
    Event,
    Named,
    Number,
    Of,
    Query,
    QueryError,
    Quoted,
    Result,
    Since,
    Sum,
    Thing,
    Times,
    is_list,
    parse_query,
    reckoned,
)  # fmt: skip

KIND_NAMES = {kind.name: kind.number for kind in KINDS}
OTHER_FIGURES = ("references", "transitions", "simulated_ns")
PLACES = ("start", "end")


@dataclass(frozen=True)
class Known:
    """The names a query may use."""

    marks: Collection[str] = ()
    pages: Mapping[str, int] = field(default_factory=dict)
    """Pages of each process and shmem object."""
    swapfiles: Collection[str] = ()
    let: Mapping[str, Result] = field(default_factory=dict)
    """What each name of the step's ``let`` gives."""


def figure_names() -> list[str]:
    """Every counter, gauge, setting and other figure that gives a number."""
    groups = (Group.COUNTER, Group.GAUGE)
    names = [scalar.name for group in groups for scalar in schema.of_group(group)]
    return [*OTHER_FIGURES, *(name for name in names if not name.startswith("fault_latency_")),
            *DERIVED, *(setting.key for setting in schema.settings)]  # fmt: skip


_FIGURES = frozenset(figure_names())


def read_query(text: str, known: Known) -> tuple[Query, Result]:
    """A query that makes sense, and what it gives; raises QueryError."""
    query = parse_query(text)
    return query, result_of(query, known)


def result_of(query: Query, known: Known) -> Result:
    """What a query gives; raises QueryError where a name is unknown or parts do not fit together."""
    if isinstance(query, Number | AnyNumber):
        return Result.NUMBER
    if isinstance(query, Quoted):
        return Result.TEXT
    if isinstance(query, Named):
        return _named(query.name, known)
    if isinstance(query, Thing | AnyThing):
        return _thing(query, known)
    if isinstance(query, Event):
        _kind(query.kind)
        return Result.EVENT
    if isinstance(query, Coldest):
        return Result.THING
    if isinstance(query, Times):
        _kind(query.kind)
        return Result.NUMBER
    if isinstance(query, Of):
        return _of(query, known)
    if isinstance(query, At | Since):
        return _moment(query, known)
    if isinstance(query, Sum):
        for side in (query.left, query.right):
            if (found := result_of(side, known)) not in (Result.NUMBER, Result.WORD) or is_list(side):
                raise QueryError(
                    phrase("'{sign}' has {found} beside it", sign=query.sign, found=phrase(found)),
                    phrase("numbers on both sides"),
                )
        if query.sign == "/" and _constant(query.right) == 0:
            raise QueryError(phrase("it divides by 0"), phrase("a number that is not 0"))
        return Result.NUMBER
    return _compared(query, known)


def _constant(query: Query) -> float | None:
    """What a query gives in any run; None where that cannot be said."""
    if isinstance(query, Number):
        return query.value
    if not isinstance(query, Sum):
        return None
    left, right = _constant(query.left), _constant(query.right)
    return None if left is None or right is None else reckoned(query.sign, left, right)


def _named(name: str, known: Known) -> Result:
    if name in known.let:
        return known.let[name]
    if name == "outcome":
        return Result.TEXT
    if name not in _FIGURES:
        near = nearest(name, [*_FIGURES, *known.let, "outcome"])
        raise QueryError(
            phrase("there is no figure '{name}'", name=name),
            phrase("a counter, gauge or setting, or a name of 'let'"),
            near,
        )
    return Result.NUMBER


def _thing(query: Thing | AnyThing, known: Known) -> Result:
    if isinstance(query, Thing) and isinstance(query.number, str) and known.let.get(query.number) is not Result.NUMBER:
        numbers = [name for name, result in known.let.items() if result is Result.NUMBER]
        what = phrase("there is no number '{number}'", number=query.number)
        raise QueryError(what, phrase("a number, or a name of 'let' that is one"),
                         nearest(query.number, numbers))  # fmt: skip
    if query.thing not in ("page", "slot"):
        if query.owner is not None:
            raise QueryError(phrase("a {thing} belongs to nobody", thing=query.thing), phrase("no 'of'"))
        return Result.THING
    owners: Collection[str] = list(known.pages) if query.thing == "page" else known.swapfiles
    what = phrase("process or shmem object") if query.thing == "page" else phrase("swapfile")
    if query.owner is None:
        if len(owners) != 1:
            expected = (
                phrase("of one of {names}", names=", ".join(owners))
                if owners
                else phrase("none: there is no such thing in the file")
            )
            raise QueryError(
                phrase("it is not said of which {what} the {thing} is", what=what, thing=query.thing), expected
            )
    elif query.owner not in owners:
        expected = phrase("one of {names}", names=", ".join(owners))
        raise QueryError(
            phrase("there is no {what} '{owner}'", what=what, owner=query.owner), expected, nearest(query.owner, owners)
        )
    if isinstance(query, Thing) and query.thing == "page" and isinstance(query.number, int):
        room = known.pages[query.owner or next(iter(owners))]
        if query.number >= room:
            raise QueryError(
                phrase("there is no page {number}", number=query.number), phrase("pages 0 to {last}", last=room - 1)
            )
    return Result.THING


def _kind(name: str | None) -> None:
    if name is not None and name not in KIND_NAMES:
        what = phrase("there is no kind of transition '{name}'", name=name)
        raise QueryError(what, phrase("one of {names}", names=", ".join(KIND_NAMES)),
                         nearest(name, KIND_NAMES))  # fmt: skip


def _of(query: Of, known: Known) -> Result:
    inner = result_of(query.of, known)
    if inner not in (Result.THING, Result.EVENT):
        raise QueryError(
            phrase("'{attribute} of' is followed by {inner}", attribute=query.attribute, inner=phrase(inner)),
            phrase("a thing or a transition"),
        )
    if inner is Result.THING and query.attribute in EVENT_ONLY:
        raise QueryError(
            phrase("a thing has no {attribute}", attribute=query.attribute),
            phrase("a transition, as next 'written back'"),
        )
    if inner is Result.EVENT and query.attribute in THING_ONLY:
        raise QueryError(
            phrase("a transition has no {attribute}", attribute=query.attribute),
            phrase("a thing, as {attribute} of page of next …", attribute=query.attribute),
        )
    return ATTRIBUTES[query.attribute]


def _moment(query: At | Since, known: Known) -> Result:
    if isinstance(query.moment, Event):
        _kind(query.moment.kind)
    elif query.moment not in known.marks and query.moment not in PLACES:
        what = phrase("there is no mark '{moment}'", moment=query.moment)
        raise QueryError(what, phrase("one of {names}", names=", ".join([*known.marks, *PLACES])),
                         nearest(query.moment, [*known.marks, *PLACES]))  # fmt: skip
    found = result_of(query.query, known)
    if isinstance(query, Since) and (found is not Result.NUMBER or is_list(query.query)):
        raise QueryError(phrase("'since' stands behind {found}", found=phrase(found)), phrase("a number before it"))
    return found


def _compared(query: Compared, known: Known) -> Result:
    left, right = result_of(query.left, known), result_of(query.right, known)
    numbers = (Result.NUMBER, Result.WORD)
    if left is not right and not (left in numbers and right in numbers):
        raise QueryError(
            phrase("{left} is compared with {right}", left=phrase(left), right=phrase(right)),
            phrase("the same on both sides"),
        )
    if query.sign not in ("==", "!=") and left not in numbers:
        raise QueryError(phrase("{left} cannot be less or more", left=phrase(left)), "== or !=")
    if is_list(query.left) != is_list(query.right):
        raise QueryError(phrase("several values are compared with one"), phrase("the same on both sides"))
    return Result.TRUTH

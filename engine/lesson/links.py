"""The thing that a link of a lesson leads to."""

from __future__ import annotations

from engine.lesson.evaluate import Instant
from engine.program import Program
from engine.reading.chain import Place
from engine.scenario.lesson_check import thing_query
from engine.scenario.prose import Link
from engine.scenario.query import QueryError, Thing, parse_query


def place_of(link: Link, program: Program) -> Place | None:
    """The place of ``page:editor/12``, ``slot:swap0/7``, ``frame:9`` …; None where it names no thing."""
    try:
        query = parse_query(thing_query(link))
        found = Instant(program, {}).thing(query) if isinstance(query, Thing) else None
    except (QueryError, ValueError):
        return None
    return found if isinstance(found, Place) else None

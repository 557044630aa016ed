"""Which input suits a field, and how wide it is."""

from __future__ import annotations

from app.editor.inputs import ChoiceInput, ContentInput, Input, LineInput, LinesInput, NamesInput, SwitchInput
from app.editor.moment import MomentInput
from engine.scenario.forms import Field, Kind

NUMBER_WIDTH, WORD_WIDTH, LONG_WIDTH = 104, 160, 250
_BY_KIND: dict[Kind, type[Input]] = {
    Kind.CHOICE: ChoiceInput, Kind.SWITCH: SwitchInput, Kind.LONG: LinesInput, Kind.LINES: LinesInput,
    Kind.CONTENT: ContentInput, Kind.MOMENT: MomentInput,
}  # fmt: skip
_TYPED_NAMES = ("setting", "figure", "value", "varied")
"""Names of which there are too many for a choice."""


def input_for(field: Field) -> Input:
    """The input that suits a field."""
    if field.kind is Kind.TEXT and field.names and field.names not in _TYPED_NAMES:
        return NamesInput(field)
    return _BY_KIND.get(field.kind, LineInput)(field)


_WHOLE_WIDTH = ("title", "answer", "show", "that", "holds", "let", "key")
"""Texts of one line that are long: titles, and queries, which are sentences."""


def width_of(field: Field) -> int:
    """How wide its input is, at normal type size; 0: the whole width below its name."""
    if field.kind in (Kind.LONG, Kind.LINES, Kind.MOMENT) or field.key in _WHOLE_WIDTH:
        return 0
    if field.kind in (Kind.NUMBER, Kind.REAL, Kind.SWITCH):
        return NUMBER_WIDTH
    wide = field.kind in (Kind.CONTENT, Kind.OTHER) or field.names in _TYPED_NAMES or field.key == "trace"
    return LONG_WIDTH if wide else WORD_WIDTH

"""What every part of a scenario file is: strict about types, closed to unknown keys, not changed after reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

READABLE = r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$"
"""One line with something to be seen in it."""
Name = Annotated[str, Field(min_length=1, max_length=64, pattern=READABLE)]
Title = Annotated[str, Field(min_length=1, max_length=120, pattern=READABLE)]


@dataclass(frozen=True)
class OnlyFor:
    """Note on a field: it means something only where the table's ``kind`` is one of these."""

    kinds: tuple[str, ...]


class Part(BaseModel):
    """One table of a scenario file."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

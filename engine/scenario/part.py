"""What every part of a scenario file is: strict about types, closed to unknown keys, not changed after reading."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict


@dataclass(frozen=True)
class OnlyFor:
    """Note on a field: it means something only where the table's ``kind`` is one of these."""

    kinds: tuple[str, ...]


class Part(BaseModel):
    """One table of a scenario file."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

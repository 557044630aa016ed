"""What every part of a scenario file is: strict about types, closed to unknown keys, not changed after reading."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """One table of a scenario file."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

"""What a run can be compared with, in words."""

from __future__ import annotations

from dataclasses import dataclass

from engine.variant import Variant

DESIGNS = {"legacy": "today's design", "swap_desc": "swap descriptors", "vswap": "virtual swap"}


@dataclass(frozen=True)
class Offer:
    """One run that ours can be compared with."""

    group: str
    text: str
    variant: Variant

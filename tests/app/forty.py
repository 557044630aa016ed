"""A scenario small enough to be opened in a test: one program that writes its pages over and over in 32 frames."""

from __future__ import annotations


def forty(pages: int, slots: int) -> str:
    """Its text, with so many pages of the program and slots of the swapfile."""
    return f"""
format = 1
title = "Forty pages"
summary = "Small enough to open in a test."
[machine]
design = "swap_desc"
frames = 32
[machine.zswap]
enabled = true
[[machine.swapfile]]
name = "swap0"
slots = {slots}
[[process]]
name = "editor"
pages = {pages}
[[run]]
pattern = "sequential"
process = "editor"
references = 240
write_share = 1.0
"""

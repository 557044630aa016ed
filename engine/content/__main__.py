"""Print the ratios of the page images as a Markdown table: ``python -m engine.content [DIR]``."""

from __future__ import annotations

import sys

from engine.content.library import PAGE_BYTES, Family, load_library
from engine.errors import InputError


def row(family: Family) -> str:
    """One line of the table: what LZ4 makes of the pages of ``family``, bytes a page."""
    sizes = family.lz4_bytes
    mean = float(sizes.mean())
    refused = int((sizes >= PAGE_BYTES).sum())
    cells = [
        f"`{family.name}`", len(family), f"{mean:.0f}", int(sizes.min()), int(sizes.max()), f"{PAGE_BYTES / mean:.2f}",
        refused, int(family.same_filled.sum()),
    ]  # fmt: skip
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def main(arguments: list[str]) -> int:
    """Print the table; 2 when the images cannot be read."""
    try:
        library = load_library(arguments[0] if arguments else None)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    print("| family | pages | mean LZ4 bytes | least | most | ratio | not smaller than a page | same-filled |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    for family in library.families.values():
        print(row(family))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

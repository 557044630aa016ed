"""The image as people read it: scalars and columns by name, without copying.

``view["pswpin"]`` is a scalar, ``view.desc[:, 0]`` the rows of a table, ``view.column(im.DESC_COUNT)``
one column of all rows. Nothing here writes.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.mm import image as im
from engine.mm.layout import Image, Layout, state_hash
from engine.mm.schema import BYTE_MASK, HEADER_WORDS, TABLE_SHIFT, Group


class View:
    """Named, read-only access to one image."""

    def __init__(self, words: Image, layout: Layout) -> None:
        self.words = words
        self.layout = layout
        self._tables: dict[str, Image] = {}
        for table in im.schema.tables:
            start = layout.base[table.name]
            rows = words[start : start + layout.rows[table.name] * table.width].reshape(-1, table.width)
            rows.flags.writeable = False
            self._tables[table.name] = rows

    def __getitem__(self, name: str) -> int:
        return int(self.words[im.schema.named(name).address])

    def __getattr__(self, name: str) -> Image:
        try:
            table: Image = self.__dict__["_tables"][name]
        except KeyError:
            raise AttributeError(f"no table '{name}' in the image") from None
        return table

    def scalar(self, address: int) -> int:
        """A scalar by its address, as ``view.scalar(im.NOW)``."""
        return int(self.words[address])

    def column(self, code: int) -> Image:
        """One column of all rows of its table, shape (rows,)."""
        return self._tables[im.schema.tables[code >> TABLE_SHIFT].name][:, code & BYTE_MASK]

    def at(self, code: int, row: int) -> int:
        """One word: column ``code`` of row ``row``."""
        return int(self.column(code)[row])

    def group(self, group: Group) -> dict[str, int]:
        """All scalars of a group, by name."""
        return {scalar.name: int(self.words[scalar.address]) for scalar in im.schema.of_group(group)}

    def state_hash(self) -> str:
        """See :func:`engine.mm.layout.state_hash`."""
        return state_hash(self.words, self.layout)

    def where(self, addresses: Iterable[int]) -> list[tuple[str, int, str]]:
        """Table (or "" for scalars), row and name of each address."""
        places = []
        for address in addresses:
            if address < im.schema.scalar_end:
                places.append(("", 0, im.schema.scalars[address - HEADER_WORDS].name))
                continue
            for table in reversed(im.schema.tables):
                start = self.layout.base[table.name]
                if address >= start:
                    row, place = divmod(address - start, table.width)
                    name = table.columns[place].name if place < len(table.columns) else ""
                    places.append((table.name, row, name))
                    break
        return places

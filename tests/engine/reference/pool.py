"""The pool's allocators in the reference machine: zsmalloc, zbud, z3fold."""

from __future__ import annotations

from tests.engine.reference.state import Stored, Zspage

BUDDIES = {"zbud": (2, 63, 4096 - 64 - 64), "z3fold": (3, 62, 3904)}
"""Objects of a page, its chunks of 64 bytes, and the largest object."""
NO_ROOM, NO_MEMORY = "no room", "no memory"


def zspage_kind(length: int, chain: int) -> tuple[int, int]:
    """(pages, objects) of the zspage an object of so many bytes goes to: classes of the same shape are merged."""
    size = min(max(32, -(-(length + 8 - 32) // 16) * 16 + 32), 4096)
    if chain == 4:
        used = [pages * 4096 // size * size * 100 // (pages * 4096) for pages in range(1, 5)]
        pages = used.index(max(used)) + 1
    elif size & (size - 1) == 0:
        pages = 1
    else:
        pages = min(range(1, chain + 1), key=lambda n: (n * 4096 % size, n))
    return pages, pages * 4096 // size


class Pool:
    """Mixin: compressed pages packed into pages."""

    def begin_pool(self) -> None:
        self.zspages: list[Zspage] = []
        self.zspage_clock = 0

    @property
    def pool_pages(self) -> int:
        return sum(zspage.kind[0] for zspage in self.zspages)

    def take_room(self, length: int, stored: Stored) -> Zspage | str:
        """Where the object is put; NO_ROOM where it is too large, NO_MEMORY where a page is needed and not there."""
        name = self.settings["zswap.allocator"]
        if name == "zsmalloc":
            kind = zspage_kind(length, self.settings["zswap.chain_size"])
            fitting = [one for one in self.zspages if one.kind == kind and None in one.objects]
            best = max(fitting, key=lambda one: (one.group, one.since), default=None)
        else:
            buddies, _, largest = BUDDIES[name]
            if length + 8 > largest:
                return NO_ROOM
            kind = (1, buddies)
            fitting = [one for one in self.zspages if one.group >= self.chunks(length)]
            best = min(fitting, key=lambda one: (one.group, -one.since), default=None)
        if best is None:
            if not self.charge_pool(kind[0]):
                return NO_MEMORY
            best = Zspage(kind, [None] * kind[1], list(range(kind[1]))[::-1])
            self.zspages.append(best)
        if name == "zsmalloc":
            place = best.holes.pop()
        else:
            place = min(best.holes)
            best.holes.remove(place)
        best.objects[place] = stored
        best.chunks += self.chunks(length)
        self.settle(best)
        return best

    def give_room(self, stored: Stored) -> None:
        zspage = stored.place
        place = zspage.objects.index(stored)
        zspage.objects[place] = None
        zspage.holes.append(place)
        zspage.chunks -= self.chunks(stored.length)
        if any(zspage.objects):
            self.settle(zspage)
        else:
            self.zspages.remove(zspage)
            if self.settings["charge_pool"]:
                self.free += zspage.kind[0]

    @staticmethod
    def chunks(length: int) -> int:
        return -(-(length + 8) // 64)

    def settle(self, zspage: Zspage) -> None:
        inuse, objects = sum(one is not None for one in zspage.objects), zspage.kind[1]
        name = self.settings["zswap.allocator"]
        if name == "zsmalloc":
            group = 11 if inuse == objects else 100 * inuse // objects // 10 + 1
        else:
            group = BUDDIES[name][1] - zspage.chunks if inuse < objects else 0
        if group != zspage.group or name != "zsmalloc":
            self.zspage_clock += 1
            zspage.group, zspage.since = group, self.zspage_clock

    def charge_pool(self, pages: int) -> bool:
        """A node gives what reclaim needs down to the last page; a cgroup is charged past its limit."""
        if self.settings["charge_pool"]:
            if self.settings["reclaim"] == "node" and self.free - pages < 0:
                return False
            self.free -= pages
        return True

"""zswap of the reference machine: the gates of a store, loads, the shrink worker, the dynamic shrinker."""

from __future__ import annotations

from tests.engine.reference.pool import NO_MEMORY, NO_ROOM
from tests.engine.reference.state import Entry, Frame, Stored


class Zswap:
    """Mixin: pages kept compressed in memory."""

    def begin_zswap(self) -> None:
        self.cold: list[Stored] = []
        """Its LRU, coldest first."""
        self.stored: list[Stored] = []
        self.reached_full = False
        self.worker_due = 0
        self.worker_runs = self.worker_again = False
        self.worker_failures = 0
        self.disk_swapins = 0
        self.put_off = 0

    def pool_limit(self) -> int:
        return self.settings["zswap.max_pool_pages"] or (
            self.settings["frames"] * self.settings["zswap.max_pool_percent"] // 100
        )

    def pool_threshold(self) -> int:
        return self.pool_limit() * self.settings["zswap.accept_threshold_percent"] // 100

    def pool_takes(self) -> bool:
        if not self.settings["zswap.enabled"] or self.pool_is_full():
            return False
        return not self.reached_full or self.pool_accepts()

    def pool_is_full(self) -> bool:
        """Until 6.9 the limit itself was allowed."""
        return self.pool_pages >= self.pool_limit() + self.settings["zswap.limit_included"]

    def pool_accepts(self) -> bool:
        """Until 6.9 the threshold itself was too much."""
        return self.pool_pages <= self.pool_threshold() - self.settings["zswap.limit_included"]

    def store(self, frame: Frame, entry: Entry) -> bool:
        settings = self.settings
        if not settings["zswap.enabled"]:
            return self.refuse(entry, False)
        if self.pool_is_full():
            self.count["pool_limit_hit"] += 1
            self.reached_full = True
            return self.refuse(entry, True)
        if self.reached_full and not self.pool_accepts():
            return self.refuse(entry, False)
        self.reached_full = False
        raw = settings["zswap.incompressible"] == "store"
        length = self.facts.lz4[frame.image]
        if settings["zswap.same_filled"] and self.facts.filled[frame.image]:
            length = 0
        else:
            self.spend(settings["time.compress_ns"])
        if length >= 4096:
            if not raw or not settings["zswap.writeback"]:
                self.count["reject_compress_fail" if raw else "reject_compress_poor"] += 1
                return self.refuse(entry, False)
            length = 4096
        new = Stored(entry, frame.image, length)
        if length:
            place = self.take_room(length, new)
            if place == NO_ROOM:
                self.count["reject_compress_poor"] += 1
                return self.refuse(entry, False)
            if place == NO_MEMORY:
                self.count["reject_alloc_fail"] += 1
                return self.refuse(entry, False)
            new.place = place
        if entry.stored is not None:
            self.count["duplicate_entry"] += 1
            self.drop_stored(entry)
        self.point_at(entry, "zswap")
        entry.image, entry.stored = frame.image, new
        self.stored.append(new)
        if length:
            self.cold.append(new)
        self.count["zswpout"] += 1
        return True

    def refuse(self, entry: Entry, at_limit: bool) -> bool:
        self.drop_stored(entry)
        if at_limit or (self.settings["zswap.kick_always"] and self.reached_full):
            if not self.worker_due:
                self.worker_due = self.clock() + self.settings["time.worker_wake_ns"]
                self.worker_failures = 0
            elif self.worker_runs:
                self.worker_again = True
        return False

    def drop_stored(self, entry: Entry) -> None:
        """The compressed copy is of no use any more."""
        old = entry.stored
        if old is None:
            return
        entry.stored = None
        if entry.where == "zswap":
            entry.where = "none"
        self.stored.remove(old)
        if old.length:
            self.cold.remove(old)
            self.give_room(old)

    def load(self, frame: Frame, entry: Entry) -> None:
        self.spend(self.settings["time.decompress_ns"])
        frame.image = entry.image
        self.count["zswpin"] += 1
        if self.settings["zswap.exclusive_loads"]:
            frame.dirty = True
            self.drop_stored(entry)

    # -- written back ---------------------------------------------------------------------------------------

    def write_back(self, old: Stored) -> str:
        """Memory is needed to free memory; the compressed copy goes before the write is done."""
        entry = old.entry
        floor = -self.wmark_min if self.settings["reclaim"] == "memcg" else 0
        why = ""
        if entry.frame is not None:
            why = "cached"
        elif self.free <= floor:
            why = "no memory"
        elif not entry.slot and not self.take_slot(entry):
            why = "no slot"
        if why:
            self.count["reject_reclaim_fail"] += self.settings["zswap.shrink_rule"] != "pool_page"
            return why
        frame = self.take_frame()
        frame.image, frame.reclaim = old.image, True
        frame.dropbehind = bool(self.settings["zswap.dropbehind"])
        frame.entry, entry.frame = entry, frame
        if entry.shadow is not None:
            self.refault(frame, entry)
        self.spend(self.settings["time.decompress_ns"])
        self.drop_stored(entry)
        entry.where, entry.image = "disk", old.image
        entry.device.written[entry.slot] = old.image
        self.count["zswpwb"] += 1
        self.count["written_back_pages"] += 1
        self.count["pswpout"] += 1
        if not frame.dropbehind:
            self.list_frame(frame)
        self.write(frame, entry.device, entry.slot)
        return "written"

    def shrink_one(self) -> str:
        old = self.cold.pop(0)
        self.cold.append(old)
        if self.settings["zswap.second_chance"] and old.referenced:
            old.referenced = False
            return "rotated"
        return self.write_back(old)

    def worker_step(self) -> None:
        settings = self.settings
        self.actor, before = "worker", self.actor
        self.worker_runs = True
        self.spend(settings["time.worker_step_ns"])
        written = 0
        if self.cold and settings["zswap.writeback"]:
            if settings["zswap.shrink_rule"] == "pool_page":
                written = self.evict_a_page()
            else:
                most = 32 if settings["zswap.shrink_rule"] == "batch" else 1
                for _ in range(min(most, len(self.cold))):
                    written += bool(self.cold) and self.shrink_one() == "written"
        if not written:
            self.worker_failures += 1
        done = self.pool_pages <= self.pool_threshold() or self.worker_failures >= 16
        if done or settings["zswap.shrink_rule"] == "pool_page" or not self.cold:
            self.worker_runs = False
            if self.worker_again:
                self.worker_again = False
                self.worker_failures = 0
                self.spend(settings["time.worker_wake_ns"])
            else:
                self.worker_due = 0
        self.actor = before

    def evict_a_page(self) -> bool:
        """A page of the pool, the coldest first; one that does not come free goes last, eight are tried."""
        for _ in range(8):
            if self.cold:
                victims = [one for one in self.cold[0].place.objects if one is not None]
                stay = [one for one in victims if not self.written_or_last(one)]
                if not stay:
                    return True
        self.count["reject_reclaim_fail"] += 1
        return False

    def written_or_last(self, old: Stored) -> bool:
        if self.write_back(old) == "written":
            return True
        self.cold.remove(old)
        self.cold.append(old)
        return False

    def dynamic_shrinker(self, priority: int) -> None:
        """do_shrink_slab(): what reads from devices protect is left out, and the share that is not won counts."""
        settings = self.settings
        if not settings["zswap.shrinker_enabled"] or not settings["zswap.writeback"] or not self.stored:
            return
        if settings["reclaim"] == "memcg" and not settings["charge_pool"]:
            return
        protected, self.disk_swapins = self.disk_swapins, max(self.disk_swapins - len(self.cold), 0)
        backing = sum(one.length for one in self.stored) // 4096
        freeable = max(len(self.cold) - protected, 0) * backing // len(self.stored)
        if not freeable:
            return
        delta = (freeable >> priority) * 2
        left = min((self.put_off >> priority) + delta, 2 * freeable)
        scanned = 0
        while left > 0 and (left >= 128 or left >= freeable):
            batch = min(left, 128)
            written, warm = 0, False
            for _ in range(batch):
                if not self.cold:
                    break
                result = self.shrink_one()
                written += result == "written"
                if result == "cached":
                    warm = True
                    break
            if warm or not written:
                break
            left -= batch
            scanned += batch
        self.put_off = min(max(self.put_off + delta - scanned, 0), 2 * freeable)

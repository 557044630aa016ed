"""Reclaim in the reference machine: frames, watermarks, the two lists, kswapd, direct reclaim, the OOM killer."""

from __future__ import annotations

from math import isqrt

from tests.engine.reference.state import Entry, Frame, Process

BATCH = 32
TENTH_OF_A_SECOND = 100_000_000
GIVES_UP = 16
FREED, KEPT = True, False


class Reclaim:
    """Mixin: memory given out and taken back."""

    def begin_reclaim(self) -> None:
        self.inactive: list[Frame] = []
        """Oldest first."""
        self.active: list[Frame] = []
        self.frames_used: dict[int, Frame] = {}
        self.numbers_given_back: list[int] = []
        """Numbers of free frames, the one given back last used first."""
        self.frame_top = 0
        self.random = self.settings["seed"] % (2**31 - 2) + 1
        self.free = self.settings["frames"]
        self.age = 0
        self.cost = 0
        self.activations_before = 0
        self.next_count = self.settings["stats_flush_ns"]
        self.last_count = 0, 0, 0
        self.kswapd = "asleep"
        self.kswapd_clock = 0
        self.kswapd_priority = 0
        self.kswapd_freed = 0
        self.kswapd_in_vain = 0
        self.met_writing = 0
        self.only_writing = False
        """PGDAT_WRITEBACK"""
        self.left_active_alone = False
        self.set_watermarks()

    # -- frames -----------------------------------------------------------------------------------------

    def set_watermarks(self) -> None:
        frames = self.settings["frames"]
        least = min(max(isqrt(frames * 4 * 16), 128), 262144) // 4
        if least * 8 > frames:
            least = max(frames // 16, 1)
        self.wmark_min = self.settings["watermark_min"] or least
        gap = max(self.wmark_min // 4, frames * 10 // 10000, 1)
        self.wmark_low = self.settings["watermark_low"] or self.wmark_min + gap
        self.wmark_high = self.settings["watermark_high"] or self.wmark_low + gap

    def task_floor(self) -> int:
        bare = self.settings["reclaim"] == "memcg" or self.settings["policy"] != "linux"
        return 0 if bare else self.wmark_min

    def take_frame(self) -> Frame:
        self.free -= 1
        if not self.numbers_given_back:
            self.frame_top += 1
        number = self.numbers_given_back.pop() if self.numbers_given_back else self.frame_top
        frame = self.frames_used[number] = Frame(number=number)
        return frame

    def give_frame(self, frame: Frame) -> None:
        assert not frame.listed
        assert not frame.mapped
        self.free += 1
        del self.frames_used[frame.number]
        self.numbers_given_back.append(frame.number)

    def allocate(self, process: Process | None, insist: bool) -> Frame | None:
        """A frame; None without memory: for one who does not insist, or whose process was killed for it."""
        if self.free <= self.wmark_low:
            self.wake_kswapd()
        while self.free <= self.task_floor():
            if self.settings["policy"] != "linux":
                enough = self.evict_one()
            else:
                enough = self.direct_reclaim(self.task_floor())
            if not enough:
                killed = insist and self.kill_somebody()
                if not killed or process is None or process.state != "runs":
                    return None
        return self.take_frame()

    def direct_reclaim(self, floor: int) -> bool:
        fruitless = 0
        while self.free <= floor:
            if self.settings["reclaim"] == "memcg":
                # The first without progress empties the stock of charges, the last finds no retries left.
                if fruitless == 1 + 16 + 1:
                    break
            elif fruitless > 16 or self.free + self.reclaimable() <= floor:
                break
            self.complete(self.now)
            self.wait_for_kswapd()
            if self.try_to_free_pages():
                fruitless = 0
            elif self.under_way:
                self.pull_plug()
                self.sleep_until(self.under_way[0].done)
                self.complete(self.now)
            else:
                fruitless += 1
        return self.free > floor

    def reclaimable(self) -> int:
        return len(self.inactive) + len(self.active) if self.can_name() else 0

    def may_reclaim_itself(self) -> bool:
        """allow_direct_reclaim()"""
        if self.settings["reclaim"] == "memcg" or self.kswapd_in_vain >= GIVES_UP:
            return True
        if self.free > 0 and not self.reclaimable():
            return True
        return self.free > self.wmark_min // 2

    def wait_for_kswapd(self) -> None:
        """throttle_direct_reclaim()"""
        if self.may_reclaim_itself():
            return
        self.pull_plug()
        plugs, self.plugs = self.plugs, 0
        self.wake_kswapd()
        while self.kswapd == "works" and not self.may_reclaim_itself():
            woken = self.kswapd_clock
            self.kswapd_step()
            self.sleep_until(self.kswapd_clock if self.kswapd == "works" else woken)
        self.plugs = plugs

    def kill_somebody(self) -> bool:
        """The process with most pages, swap entries and page tables, of equals the last; False when nobody is left."""
        alive = [process for process in self.processes if process.state == "runs"]
        if not alive:
            self.outcome = "oom"
            return False
        victim = max(alive, key=lambda one: (one.resident + one.swapped + -(-one.pages // 512), one.number))
        self.count["oom_kill"] += 1
        victim.state = "killed"
        self.give_space_back(victim)
        if len(alive) == 1:
            self.outcome = "oom"
        return True

    # -- the lists ----------------------------------------------------------------------------------------

    def list_frame(self, frame: Frame) -> None:
        frame.listed = True
        if not frame.unevictable:
            (self.active if frame.active else self.inactive).append(frame)

    def unlist(self, frame: Frame) -> None:
        frame.listed = False
        if not frame.unevictable:
            (self.active if frame.active else self.inactive).remove(frame)

    def rotate(self, frame: Frame) -> None:
        """folio_rotate_reclaimable(): to the end that is looked at next."""
        if frame.listed and not (frame.unevictable or frame.locked or frame.dirty):
            self.unlist(frame)
            frame.active = False
            frame.listed = True
            self.inactive.insert(0, frame)

    def lock_in(self, frame: Frame) -> None:
        if not frame.unevictable:
            if frame.listed:
                self.unlist(frame)
            frame.active, frame.unevictable = False, True
            self.list_frame(frame)

    def let_out(self, frame: Frame) -> None:
        if frame.unevictable:
            frame.unevictable = False
            self.list_frame(frame)

    def inactive_is_low(self) -> bool:
        inactive, active, _ = self.counted()
        gib = (inactive + active) >> 18
        return inactive * (isqrt(10 * gib) if gib else 1) < active

    def counted(self, again: bool = True) -> tuple[int, int, int]:
        """What reclaim knows: pages inactive, active, activated by refault. Asking ``again`` counts when it is time."""
        now = len(self.inactive), len(self.active), self.count["workingset_activate_anon"]
        period = self.settings["stats_flush_ns"]
        if not period or self.settings["reclaim"] == "node":
            return now
        if again and not self.clock() < self.next_count <= self.clock() + period:
            self.next_count = self.clock() + period - (self.clock() - self.next_count) % period
            self.last_count = now
        return self.last_count

    # -- the working set ------------------------------------------------------------------------------------

    def refault(self, frame: Frame, entry: Entry) -> None:
        age, workingset = entry.shadow
        entry.shadow = None
        self.count["workingset_refault_anon"] += 1
        linux = self.settings["policy"] == "linux"
        active = self.counted()[1]
        if linux and self.age - age <= (active if self.can_name() else 0):
            frame.active = True
            self.age += 1
            self.count["workingset_activate_anon"] += 1
            if workingset:
                frame.workingset = True
                self.note_cost(BATCH)
                self.count["workingset_restore_anon"] += 1

    def note_cost(self, cost: int) -> None:
        if not cost:
            return
        self.cost += cost
        if self.cost > sum(self.counted(again=False)[:2]) // 4:
            self.cost //= 2

    # -- one page ---------------------------------------------------------------------------------------------

    def used_since(self, frame: Frame) -> int:
        """How many page-table entries used it, their young bits cleared; -1: one of a locked region maps it."""
        young = 0
        for region, pte in self.who_maps(frame):
            if region.locked:
                return -1
            young += pte.young
            pte.young = False
        return young

    def activate(self, frame: Frame) -> bool:
        let_go = frame.cached and self.mostly_full() and self.free_swap(frame)
        # A policy that stands alone has one list.
        if self.settings["policy"] == "linux":
            frame.active = True
            self.count["pgactivate"] += 1
        if let_go and not frame.mapped and not frame.shmem:
            self.give_frame(frame)
        else:
            self.list_frame(frame)
        return KEPT

    def look_at(self, frame: Frame) -> bool:
        """One turn of shrink_folio_list(), for a page taken off its list."""
        self.spend(self.settings["time.scan_ns"])
        if frame.locked:
            self.list_frame(frame)
            return KEPT
        if frame.writing:
            cgroup_v1 = self.settings["reclaim"] == "memcg" and not self.settings["charge_pool"]
            if not cgroup_v1 or not frame.reclaim:
                frame.reclaim = True
                self.met_writing += 1
                return self.activate(frame)
            self.wait_for(frame)
        young, before = self.used_since(frame), frame.referenced
        if young < 0:
            self.free_swap(frame)
            self.lock_in(frame)
            return KEPT
        frame.referenced = young > 0
        if young and (before or young > 1):
            return self.activate(frame)
        if young:
            self.list_frame(frame)
            return KEPT
        return self.push_out(frame)

    def push_out(self, frame: Frame) -> bool:
        """Nobody used it: named, unmapped, written, freed."""
        entry, of_object = frame.entry, frame.shmem
        if not entry and not of_object:
            entry = self.name(frame)
            if entry is None:
                return self.activate(frame)
        alone = frame.alone
        for region, pte in self.who_maps(frame):
            frame.dirty |= pte.dirty
            frame.mapped -= 1
            if of_object:
                self.clear_pte(pte)
            else:
                entry.count += 1
                pte.frame, pte.entry, pte.exclusive = None, entry, alone
                pte.young = pte.dirty = pte.writable = False
                region.process.swapped_once = True
        frame.alone = False
        if of_object:
            # shmem_writeout(): only now, when nobody maps it any more.
            entry = self.name(frame)
            if entry is None:
                return self.activate(frame)
            frame.mapping.cache[frame.index] = entry
            entry.count += 1
            frame.shmem = False
        if not frame.dirty:
            self.count["swapcache_clean_drops"] += 1
        elif frame.mapping is None and self.settings["pageout_mapped_only"] and self.settings["policy"] == "linux":
            return self.activate(frame)
        else:
            wrote = self.write_out(frame, entry)
            if wrote == "stays":
                frame.ahead = False
                if of_object:
                    frame.mapping.cache[frame.index] = frame
                    self.let_go(entry)
                    self.free_swap(frame)
                    frame.shmem = frame.dirty = True
                return self.activate(frame)
            self.count["nr_vmscan_write"] += 1
            if wrote == "nobody's":
                self.give_frame(frame)
                return KEPT
            if wrote == "writing":
                self.spend(self.settings["time.submit_ns"])
                self.list_frame(frame)
                return KEPT
        self.forget(frame)
        return FREED

    def looked_at(self, scanned: int, freed: int) -> None:
        who = "kswapd" if self.actor == "kswapd" else "direct"
        for name, number in (("pgscan", scanned), ("pgsteal", freed)):
            self.count[name + "_anon"] += number
            self.count[f"{name}_{who}"] += number

    def write_out(self, frame: Frame, entry: Entry) -> str:
        """swap_writeout(): zero mark, then zswap, then the device."""
        frame.dirty = False
        if self.free_swap(frame):
            return "nobody's"
        if self.settings["zero_map"] and self.facts.filled[frame.image] == 3:
            self.drop_stored(entry)
            self.point_at(entry, "zero")
            entry.image = frame.image
            self.count["swpout_zero"] += 1
            return "safe"
        if entry.where == "zero":
            entry.where = "none"
        if self.store(frame, entry):
            return "safe"
        if not self.settings["zswap.writeback"] or not (entry.slot or self.take_slot(entry)):
            frame.dirty = True
            return "stays"
        entry.where, entry.image = "disk", frame.image
        entry.device.written[entry.slot] = frame.image
        self.count["pswpout"] += 1
        frame.reclaim = True
        self.write(frame, entry.device, entry.slot)
        return "writing"

    # -- the lists shortened --------------------------------------------------------------------------------

    def shrink_inactive(self, pages: int) -> int:
        self.complete(self.clock())
        written, freed = self.count["nr_vmscan_write"], 0
        pages = min(pages, len(self.inactive))
        if not pages:
            return 0
        scanned = 0
        while scanned < pages and self.inactive:
            scanned += 1
            frame = self.inactive.pop(0)
            frame.listed = False
            freed += self.look_at(frame)
            if frame.active and frame.listed:
                self.age += 1
        self.looked_at(scanned, freed)
        self.note_cost((self.count["nr_vmscan_write"] - written) * BATCH + scanned - freed)
        return freed

    def shrink_active(self, pages: int) -> None:
        for _ in range(min(pages, len(self.active))):
            frame = self.active.pop(0)
            self.spend(self.settings["time.scan_ns"])
            self.used_since(frame)
            frame.active, frame.workingset = False, True
            self.list_frame(frame)
            self.count["pgrefill"] += 1
            self.count["pgdeactivate"] += 1

    def share(self, pages: int, priority: int, cost: int, anon_only: bool) -> int:
        """get_scan_count() for the anonymous lists, without any file pages."""
        swappiness, file_cost = self.settings["swappiness"], 0
        if self.settings["reclaim"] == "memcg" and not swappiness:
            return 0
        if (not priority and swappiness) or anon_only:
            return pages
        # calculate_pressure_balance(): all the cost is that of the anonymous lists.
        total = cost + file_cost
        anon, file = total + cost, total + file_cost
        total = anon + file
        anon = swappiness * (total + 1) // (anon + 1)
        file = (200 - swappiness) * (total + 1) // (file + 1)
        return pages * anon // (anon + file)

    def worth_ageing(self) -> bool:
        return self.swap_total > 0 or self.can_name()

    def shrink_node(self, priority: int, target: int, force: bool) -> int:
        low = self.inactive_is_low()
        fresh_refaults = self.counted(again=False)[2] != self.activations_before
        shorten = force or low or fresh_refaults
        node = self.settings["reclaim"] == "node"
        few_files = node and self.free <= self.wmark_high and not shorten and bool(len(self.inactive) >> priority)
        cost = self.cost
        inactive = active = 0
        if self.can_name():
            inactive = self.share(len(self.inactive) >> priority, priority, cost, few_files)
            active = self.share(len(self.active) >> priority, priority, cost, few_files)
        whole = node and self.actor != "kswapd" and priority == 12
        freed = 0
        self.plug()
        while inactive:
            freed += self.shrink_inactive(min(inactive, BATCH))
            inactive -= min(inactive, BATCH)
            if active:
                if shorten:
                    self.shrink_active(min(active, BATCH))
                self.left_active_alone |= not shorten
            active -= min(active, BATCH)
            if freed >= target and not whole:
                break
        self.unplug()
        if self.worth_ageing() and self.inactive_is_low():
            self.shrink_active(BATCH)
        self.dynamic_shrinker(priority)
        if freed:
            self.kswapd_in_vain = 0
        return freed

    def try_to_free_pages(self) -> int:
        """do_try_to_free_pages(): how many came free, in one walk, a second, and one that forces the active list."""
        walks = ["plain", "full"] if self.settings["memcg_full_walk"] else ["plain"]
        self.left_active_alone = False
        freed = 0
        while walks:
            walk = walks.pop(0)
            self.count["allocstall"] += self.settings["reclaim"] == "node"
            for priority in range(12, -1, -1):
                freed += self.shrink_node(priority, BATCH, walk == "forced")
                if freed >= BATCH:
                    break
            self.activations_before = self.counted(again=False)[2]
            if freed:
                break
            if not walks and walk != "forced" and self.left_active_alone:
                walks.append("forced")
        return freed

    # -- kswapd -----------------------------------------------------------------------------------------------

    def balanced(self) -> bool:
        return self.free > self.wmark_high

    def wake_kswapd(self) -> None:
        there = self.settings["reclaim"] == "node" and self.settings["policy"] == "linux"
        if there and self.kswapd != "works" and self.kswapd_in_vain < GIVES_UP and not self.balanced():
            self.kswapd_clock = self.now
            self.kswapd_begins()

    def kswapd_begins(self) -> None:
        self.kswapd, self.kswapd_priority, self.kswapd_freed = "works", 12, 0

    def kswapd_dozes(self) -> None:
        self.activations_before = self.counted(again=False)[2]
        if self.balanced():
            self.only_writing = False
        self.kswapd = "dozes"
        self.kswapd_clock += TENTH_OF_A_SECOND

    def kswapd_step(self) -> None:
        self.actor, before = "kswapd", self.actor
        self.complete(self.kswapd_clock)
        if self.kswapd == "dozes":
            if self.balanced() or self.kswapd_in_vain >= GIVES_UP:
                self.kswapd = "asleep"
            else:
                self.kswapd_begins()
        elif self.balanced():
            self.kswapd_dozes()
        else:
            self.kswapd_round()
        self.actor = before

    def kswapd_round(self) -> None:
        """A turn of balance_pgdat()'s loop."""
        if self.worth_ageing() and self.inactive_is_low():
            self.shrink_active(BATCH)
        wanted = max(self.wmark_high, BATCH)
        scanned, met = -self.count["pgscan_anon"], -self.met_writing
        freed = self.shrink_node(self.kswapd_priority, wanted, False)
        scanned += self.count["pgscan_anon"]
        met += self.met_writing
        self.kswapd_freed += freed
        if met and self.only_writing:
            # reclaim_throttle(): more than a batch is to be written first, or all there is.
            done = [request.done for request in self.under_way[: BATCH + 1]]
            until = min(done[-1], self.kswapd_clock + TENTH_OF_A_SECOND) if done else 0
            self.kswapd_clock = max(self.kswapd_clock, until)
        elif met:
            self.only_writing |= met == scanned
        if not freed or (scanned < wanted and freed < wanted):
            self.kswapd_priority -= 1
        if not self.kswapd_priority:
            self.kswapd_in_vain += not self.kswapd_freed
            if self.kswapd_in_vain >= GIVES_UP:
                self.kswapd_dozes()
            else:
                self.activations_before = self.counted(again=False)[2]
                self.kswapd_begins()

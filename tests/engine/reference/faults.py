"""Faults of the reference machine: first touch, copy on write, swap-in with its readahead, shmem objects."""

from __future__ import annotations

from tests.engine.reference.state import ZERO_PAGE, Entry, Frame, Mapping, Process, Pte, Region


class Faults:
    """Mixin: what the processor cannot do alone."""

    def begin_faults(self) -> None:
        # Cluster readahead has one window for the machine.
        self.hits = 4
        self.last_offset = 0
        self.last_window = 0

    def who_maps(self, frame: Frame) -> list[tuple[Region, Pte]]:
        if not frame.mapped:
            return []
        found = []
        for region in frame.mapping.regions:
            page = region.first + frame.index - region.offset
            pte = region.process.table.get(page) if page in region else None
            if pte is not None and pte.frame is frame:
                found.append((region, pte))
        return found[: frame.mapped]

    def clear_pte(self, pte: Pte) -> None:
        pte.frame = pte.entry = None
        pte.young = pte.dirty = pte.writable = pte.exclusive = False

    def map_frame(self, frame: Frame, region: Region, page: int, pte: Pte, *, write: bool, dirty: bool) -> None:
        pte.frame, pte.entry, pte.exclusive = frame, None, False
        pte.young, pte.writable, pte.dirty = True, write, dirty
        frame.mapped += 1
        if region.locked:
            self.lock_in(frame)

    def attach(self, frame: Frame, region: Region, page: int) -> None:
        frame.mapping, frame.index = region.mapping, page - region.first + region.offset

    def wrote(self, frame: Frame) -> None:
        frame.image = self.facts.following[frame.image]

    def fault(self, process: Process, region: Region, page: int, write: bool) -> bool:
        """False when there was no memory for it."""
        pte = process.table.setdefault(page, Pte())
        self.count["pgfault"] += 1
        self.spend(self.settings["time.fault_ns"])
        if region.mapping.shmem:
            return self.shmem_fault(process, region, page, pte, write)
        if pte.frame is None and pte.entry is None:
            return self.first_touch(process, region, page, pte, write)
        if pte.entry is not None:
            return self.swap_in(process, region, page, pte, write)
        return self.write_shared(process, region, page, pte)

    def new_page(self, frame: Frame, region: Region, page: int, pte: Pte, image: int) -> None:
        frame.alone, frame.image = True, image
        self.attach(frame, region, page)
        pte.frame, pte.entry, pte.young, pte.writable, pte.dirty = frame, None, True, True, True
        frame.mapped += 1
        self.list_frame(frame)
        if region.locked:
            self.lock_in(frame)

    def first_touch(self, process: Process, region: Region, page: int, pte: Pte, write: bool) -> bool:
        if not write and self.settings["zero_page"]:
            pte.frame, pte.young, pte.writable, pte.dirty = ZERO_PAGE, True, False, False
            return True
        frame = self.allocate(process, True)
        if frame is None:
            return False
        self.new_page(frame, region, page, pte, self.facts.first(*region.images, page))
        return True

    def write_shared(self, process: Process, region: Region, page: int, pte: Pte) -> bool:
        """do_wp_page(): made writable, or copied."""
        old = pte.frame
        if old is ZERO_PAGE:
            return self.first_touch(process, region, page, pte, True)
        if not old.alone and old.mapped == 1 and (not old.cached or self.free_swap(old)):
            old.alone = True
        if old.alone:
            pte.writable = pte.young = pte.dirty = True
            self.wrote(old)
            return True
        locked, old.locked = old.locked, True
        frame = self.allocate(process, True)
        old.locked = locked
        if frame is None:
            return False
        image = old.image
        old.mapped -= 1
        self.new_page(frame, region, page, pte, image)
        self.wrote(frame)
        self.put(old)
        return True

    def swap_in(self, process: Process, region: Region, page: int, pte: Pte, write: bool) -> bool:
        entry = pte.entry
        frame = self.wanted(entry)
        if frame is not None:
            self.found_ahead(frame, region, page)
            frame.locked = True
        else:
            self.count["pgmajfault"] += 1
            done = self.read_around(process, region, entry, page)
            frame = self.wanted(entry) if pte.entry is entry else None
            if frame is None:
                return False
            frame.locked = True
            self.sleep_until(done)
        exclusive = pte.exclusive
        self.clear_pte(pte)
        self.let_go(entry)
        alone = not frame.mapped
        if self.mostly_full() or region.locked or (write and alone):
            self.free_swap(frame)
        self.attach(frame, region, page)
        own = exclusive or (alone and not frame.cached)
        if own:
            frame.alone = True
            if write:
                self.wrote(frame)
        self.map_frame(frame, region, page, pte, write=own, dirty=own and write)
        ok = True
        if write and not own:
            ok = self.write_shared(process, region, page, pte)
        frame.locked = False
        return ok

    # -- reading ----------------------------------------------------------------------------------------------

    def by_page(self) -> bool:
        which = self.settings["readahead"]
        return which == "vma" or (which == "auto" and not any(device.kind == "hdd" for device in self.devices))

    def found_ahead(self, frame: Frame, region: Region | None, page: int) -> None:
        # One bit in the kernel: PG_readahead is PG_reclaim.
        ahead = frame.ahead or frame.reclaim
        frame.ahead = frame.reclaim = False
        if region is not None and self.by_page():
            region.hits = min(region.hits + ahead, 63)
            region.last_page = page
        else:
            self.hits += ahead
        self.count["swap_ra_hit"] += ahead

    @staticmethod
    def window(before: int, at: int, hits: int, most: int, last: int) -> int:
        if hits:
            pages = max(4, 1 << (hits + 1).bit_length())
        else:
            pages = 2 if abs(at - before) == 1 else 1
        return max(min(pages, most), last // 2)

    def read_around(
        self, process: Process | None, region: Region | None, entry: Entry, page: int, insist: bool = True
    ) -> int:
        """When the page's read is done; 0: at once."""
        self.insist = insist
        if not self.settings["readahead_zswap"] and entry.where == "zswap":
            return self.read_wanted(process, entry)
        if region is not None and self.by_page():
            return self.read_around_page(process, region, entry, page)
        return self.read_around_slot(process, entry)

    def read_around_page(self, process: Process, region: Region, entry: Entry, page: int) -> int:
        before, window = region.last_page, 1
        most = 1 << min(self.settings["page_cluster"], 5)
        if most > 1:
            window = self.window(before, page, region.hits, most, region.last_window)
            region.last_page, region.last_window, region.hits = page, window, 0
        if window == 1:
            return self.read_wanted(process, entry)
        if page == before + 1:
            start = page
        elif page == before - 1:
            start = page - window + 1
        else:
            start = page - (window - 1) // 2
        two_mib = page - page % 512
        pages = range(
            max(start, region.first, two_mib), min(start + window, region.first + region.pages, two_mib + 512)
        )
        done = -1
        self.plug()
        for other in pages:
            if other == page:
                done = self.read_wanted(process, entry)
                if done < 0:
                    break
            else:
                pte = process.table.get(other)
                if pte is not None and pte.entry is not None:
                    self.read_ahead(process, pte.entry)
        self.unplug()
        return done

    def read_around_slot(self, process: Process | None, entry: Entry) -> int:
        device, slot = entry.device, entry.slot
        if self.design != "legacy" and entry.where != "disk":
            return self.read_wanted(process, entry)
        window, most = 1, 1 << self.settings["page_cluster"]
        if most > 1:
            hits, self.hits = self.hits, 0
            window = self.window(self.last_offset, slot, hits, most, self.last_window)
            if not hits:
                self.last_offset = slot
            self.last_window = window
        if window == 1:
            return self.read_wanted(process, entry)
        done = -1
        self.plug()
        for other in range(max(slot & ~(window - 1), 1), min(slot | (window - 1), device.allowed) + 1):
            if other == slot:
                done = self.read_wanted(process, entry)
                if done < 0:
                    break
            elif other in device.owners and (
                self.design != "swap_desc" or self.settings["swap_desc.reverse_map"] != "none"
            ):
                self.read_ahead(process, device.owners[other])
        self.unplug()
        return done

    def read_ahead(self, process: Process | None, entry: Entry) -> None:
        if not self.settings["readahead_zswap"] and entry.where == "zswap":
            return
        frame = self.cache_frame(process, entry, False)
        if frame is not None:
            frame.ahead = True
            self.count["swap_ra"] += 1
            self.read(frame, entry)

    def read_wanted(self, process: Process | None, entry: Entry) -> int:
        frame = self.cache_frame(process, entry, self.insist)
        if frame is None:
            return -1
        frame.locked = True
        return self.read(frame, entry)

    def cache_frame(self, process: Process | None, entry: Entry, insist: bool) -> Frame | None:
        """A new frame in the swapcache for an entry that is out; looked at again after memory was found."""
        if not entry.count or entry.frame is not None:
            return None
        frame = self.allocate(process, insist)
        if frame is None:
            return None
        if not entry.count or entry.frame is not None:
            self.give_frame(frame)
            return None
        frame.entry, entry.frame = entry, frame
        if entry.shadow is not None:
            self.refault(frame, entry)
        self.list_frame(frame)
        return frame

    def read(self, frame: Frame, entry: Entry) -> int:
        """swap_read_folio(): when it is done; 0: at once."""
        self.spend(self.settings["time.lookup_ns"])
        if entry.where == "zero":
            frame.image = entry.image
            self.count["swpin_zero"] += 1
            return 0
        if entry.where == "zswap":
            self.load(frame, entry)
            return 0
        assert entry.where == "disk"
        frame.image = entry.device.written[entry.slot]
        self.count["pswpin"] += 1
        self.disk_swapins += 1
        return self.submit(entry.device, entry.slot)

    # -- shmem ------------------------------------------------------------------------------------------------

    def shmem_fault(self, process: Process, region: Region, page: int, pte: Pte, write: bool) -> bool:
        mapping, index = region.mapping, page - region.first + region.offset
        at = mapping.cache.get(index)
        if at is None:
            frame = self.allocate(process, True)
            if frame is None:
                return False
            frame.shmem = frame.dirty = True
            frame.image = self.facts.first(*region.images, index)
            frame.mapping, frame.index = mapping, index
            mapping.cache[index] = frame
            self.list_frame(frame)
        elif isinstance(at, Entry) and not self.shmem_swap_in(process, mapping, index, page):
            return False
        frame = mapping.cache[index]
        if write and at is not None:
            self.wrote(frame)
        self.map_frame(frame, region, page, pte, write=True, dirty=write)
        return True

    def shmem_swap_in(self, process: Process | None, mapping: Mapping, index: int, page: int) -> bool:
        """The object's page comes back; its entry is freed at once."""
        entry = mapping.cache[index]
        frame = self.wanted(entry)
        if frame is not None:
            self.found_ahead(frame, None, page)
            frame.locked = True
        else:
            self.count["pgmajfault"] += 1
            done = self.read_around(process, None, entry, page)
            frame = self.wanted(entry)
            if frame is None:
                return False
            frame.locked = True
            self.sleep_until(done)
        self.wait_for(frame)
        mapping.cache[index] = frame
        frame.mapping, frame.index = mapping, index
        self.let_go(entry)
        self.free_swap(frame)
        frame.shmem = frame.dirty = True
        frame.locked = False
        return True

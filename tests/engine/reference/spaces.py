"""Address spaces of the reference machine: fork, exit, munmap, madvise, mlock, swapon and swapoff."""

from __future__ import annotations

from tests.engine.reference.state import ZERO_PAGE, Device, Entry, Frame, Mapping, Process, Pte, Region


class Spaces:
    """Mixin: what is asked of whole ranges, processes and devices."""

    def region_of(self, process: Process, page: int) -> Region | None:
        return next((region for region in process.regions if page in region), None)

    def copy_region(self, region: Region, process: Process) -> Region:
        new = Region(process, region.first, region.pages, region.mapping, region.offset, region.images, region.locked)
        process.regions.append(new)
        among = region.mapping.regions
        among.insert(among.index(region) + 1, new)
        return new

    def split(self, process: Process, page: int) -> None:
        region = self.region_of(process, page)
        if region is None or page == region.first:
            return
        upper = self.copy_region(region, process)
        before = page - region.first
        upper.first, upper.pages, upper.offset = page, region.pages - before, region.offset + before
        region.pages = before

    # -- giving back ------------------------------------------------------------------------------------------

    def put(self, frame: Frame) -> None:
        """folio_put() by the last who maps it."""
        if frame.mapped:
            if frame.unevictable and not any(region.locked for region, _ in self.who_maps(frame)):
                self.let_out(frame)
        elif frame.shmem or (frame.cached and not self.free_swap(frame)):
            self.let_out(frame)
        elif not frame.writing:
            if frame.listed:
                self.unlist(frame)
            self.give_frame(frame)

    def zap(self, process: Process, page: int) -> None:
        pte = process.table.pop(page, None)
        if pte is None:
            return
        frame, entry, dirty = pte.frame, pte.entry, pte.dirty
        self.clear_pte(pte)
        if frame is ZERO_PAGE:
            return
        if frame is not None:
            frame.dirty |= dirty
            frame.mapped -= 1
            self.put(frame)
        elif entry is not None:
            frame = entry.frame
            self.let_go(entry)
            if frame is not None:
                if not entry.count and frame.mapped and self.mostly_full():
                    self.free_swap(frame)
                self.put(frame)

    def give_space_back(self, process: Process) -> None:
        for region in process.regions:
            for page in range(region.first, region.first + region.pages):
                self.zap(process, page)
            region.pages = 0
        process.swapped_once = False

    def start(self, process: Process, pages: int, first: int, images: int) -> None:
        """exec_mmap(): one region of its own, nothing of it touched."""
        mapping = Mapping(pages)
        region = Region(process, 0, pages, mapping, 0, (first, images))
        mapping.regions.append(region)
        process.regions.insert(0, region)
        process.state = "runs"

    def munmap(self, process: Process, first: int, pages: int) -> None:
        self.split(process, first)
        self.split(process, first + pages)
        for region in process.regions:
            if first <= region.first and region.first + region.pages <= first + pages:
                for page in range(region.first, region.first + region.pages):
                    self.zap(process, page)
                region.pages = 0

    def dontneed(self, process: Process, first: int, pages: int) -> None:
        for page in range(first, first + pages):
            self.zap(process, page)

    # -- fork -------------------------------------------------------------------------------------------------

    def fork(self, parent: Process, child: Process) -> None:
        child.state = "runs"
        for region in list(parent.regions):
            new = self.copy_region(region, child)
            new.locked = False
            if region.mapping.shmem:
                continue
            for page in range(region.first, region.first + region.pages):
                pte = parent.table.get(page)
                if pte is None or (pte.frame is None and pte.entry is None):
                    continue
                copy = child.table[page] = Pte(pte.frame, pte.entry)
                if pte.entry is not None:
                    pte.exclusive = False
                    self.hold(pte.entry)
                    child.swapped_once = True
                    continue
                pte.writable = False
                copy.dirty = pte.dirty
                if pte.frame is not ZERO_PAGE:
                    pte.frame.alone = False
                    pte.frame.mapped += 1

    # -- advice and locks ---------------------------------------------------------------------------------------

    def advise(self, process: Process, first: int, pages: int, advice: str) -> None:
        self.plug()
        self.advise_pages(process, first, pages, advice)
        self.unplug()

    def advise_pages(self, process: Process, first: int, pages: int, advice: str) -> None:
        for page in range(first, first + pages):
            pte = process.table.get(page)
            if self.region_of(process, page) is None or pte is None:
                continue
            if pte.entry is not None:
                if advice == "willneed":
                    entry = pte.entry
                    frame = self.cache_frame(process, entry, False)
                    if frame is not None:
                        self.read(frame, entry)
                continue
            frame = pte.frame
            if frame is None or frame is ZERO_PAGE or advice == "willneed":
                continue
            if not frame.listed or frame.unevictable or frame.mapped != 1:
                continue
            pte.young = frame.referenced = False
            if frame.active:
                frame.workingset = True
            elif advice == "cold":
                continue
            self.unlist(frame)
            frame.active = False
            if advice == "pageout":
                self.look_at(frame)
            else:
                self.count["pgdeactivate"] += 1
                self.list_frame(frame)

    def lock(self, process: Process, first: int, pages: int, on: bool) -> None:
        self.split(process, first)
        self.split(process, first + pages)
        for page in range(first, first + pages):
            region = self.region_of(process, page)
            if region is None:
                continue
            region.locked = on
            pte = process.table.get(page)
            present = pte is not None and pte.frame is not None
            if on and not present and not self.fault(process, region, page, True):
                break
            pte = process.table.get(page)
            if pte is not None and pte.frame is not None and pte.frame is not ZERO_PAGE:
                (self.lock_in if on else self.let_out)(pte.frame)

    # -- swapon and swapoff -------------------------------------------------------------------------------------

    def bring_back(self, entry: Entry) -> Frame | None:
        """Into the swapcache, alone."""
        frame = self.wanted(entry)
        if frame is None:
            frame = self.cache_frame(None, entry, False)
            if frame is not None:
                self.sleep_until(self.read(frame, entry))
            else:
                frame = self.wanted(entry)
        if frame is not None:
            self.wait_for(frame)
        return frame

    def bring_back_around(self, region: Region | None, entry: Entry, page: int) -> Frame | None:
        """Into the swapcache, with its neighbours."""
        frame = self.wanted(entry)
        if frame is None:
            process = region.process if region else None
            done = self.read_around(process, region, entry, page, insist=False)
            frame = self.wanted(entry)
            if frame is None:
                return None
            frame.locked = False
            self.sleep_until(done)
        self.wait_for(frame)
        return frame

    def swapoff(self, device: Device) -> None:
        if not device.in_use:
            return
        device.in_use = False
        walk = {"legacy": self.empty_by_tables, "swap_desc": self.empty_by_entries, "vswap": self.empty_by_slots}
        if not walk[self.design](device) or device.owners:
            device.in_use = True

    def empty_by_tables(self, device: Device) -> bool:
        for mapping in self.objects:
            for index in range(mapping.pages):
                self.count["swapoff_ptes"] += 1
                entry = mapping.cache.get(index)
                if isinstance(entry, Entry) and entry.device is device:
                    frame = self.bring_back_around(None, entry, index)
                    if frame is None:
                        return False
                    frame.locked = True
                    self.shmem_swap_in(None, mapping, index, index)
        for process in self.processes:
            if process.state != "runs" or not process.swapped_once:
                continue
            for region in process.regions:
                if region.mapping.shmem:
                    continue
                for page in range(region.first, region.first + region.pages):
                    self.count["swapoff_ptes"] += 1
                    pte = process.table.get(page)
                    if pte is None or pte.entry is None or pte.entry.device is not device:
                        continue
                    entry = pte.entry
                    frame = self.bring_back_around(region, entry, page)
                    if frame is None:
                        return False
                    frame.locked = True
                    if pte.exclusive:
                        frame.alone = True
                    self.attach(frame, region, page)
                    pte.frame, pte.entry, pte.exclusive = frame, None, False
                    frame.mapped += 1
                    self.let_go(entry)
                    self.free_swap(frame)
                    frame.locked = False
        for slot in range(1, max(device.allowed, device.highest) + 1):
            self.count["swapoff_slots"] += 1
            entry = device.owners.get(slot)
            if entry is not None and entry.frame is not None:
                frame = entry.frame
                self.wait_for(frame)
                if self.free_swap(frame):
                    self.put(frame)
        return True

    def take_out(self, entry: Entry) -> bool:
        """Into the swapcache, dirty; its slot is free and no page table has noticed."""
        frame = self.bring_back(entry)
        if frame is None:
            return False
        self.point_at(entry, "none")
        frame.dirty = True
        return True

    def empty_by_entries(self, device: Device) -> bool:
        for number in range(1, self.numbers_made + 1):
            self.count["swapoff_descriptors"] += 1
            entry = self.by_number.get(number)
            found = entry is not None and entry.where == "disk" and entry.device is device
            if found and not self.take_out(entry):
                return False
        return True

    def empty_by_slots(self, device: Device) -> bool:
        for slot in range(1, max(device.allowed, device.highest) + 1):
            self.count["swapoff_slots"] += 1
            entry = device.owners.get(slot)
            if entry is not None and entry.where == "disk" and not self.take_out(entry):
                return False
        return True

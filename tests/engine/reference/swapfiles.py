"""Swap entries and slots of the reference machine: devices, clusters, what a name costs in each design."""

from __future__ import annotations

from tests.engine.reference.state import Cluster, Device, Entry, Frame

CLUSTER = 512


class Swapfiles:
    """Mixin: where a page that leaves memory gets its name and its slot."""

    def begin_swapfiles(self, files: list[Device]) -> None:
        self.devices = files
        for device in files:
            device.allowed = device.slots
            device.clusters = [Cluster(number) for number in range(-(-(device.room + 1) // CLUSTER))]
            device.lists = {"nonfull": [], "free": [], "frag": [], "full": []}
            # The header, bad slots and the device's end leave clusters that are not free in whole.
            begun = {0} | {slot // CLUSTER for slot in device.bad}
            if (device.slots + 1) % CLUSTER:
                begun.add(device.slots // CLUSTER)
            for number in sorted(begun):
                self.put_on(device, device.clusters[number], "nonfull")
        self.descriptors_at_hand = self.slab_pages = 0
        self.by_number: dict[int, Entry] = {}
        """Descriptors in use, by their number, where the design has them."""
        self.numbers_free: list[int] = []
        self.numbers_made = 0
        self.virtual: dict[int, dict] = {}
        """Virtual cluster -> its used slots."""
        self.virtual_free: list[int] = []
        self.virtual_made = 0
        self.virtual_current = 0

    # -- how much there is ------------------------------------------------------------------------------

    @property
    def swap_total(self) -> int:
        return sum(max(device.allowed - len(device.bad), 0) for device in self.devices if device.in_use)

    @property
    def swap_used(self) -> int:
        return sum(len(device.owners) for device in self.devices)

    def left(self, device: Device) -> int:
        return device.allowed - len(device.bad) - len(device.owners)

    @property
    def slots_free(self) -> int:
        return sum(max(self.left(device), 0) for device in self.devices if device.in_use)

    def mostly_full(self) -> bool:
        return self.slots_free * 2 < self.swap_total

    def can_name(self) -> bool:
        """Today only while a slot is free; with an indirection also while the pool takes pages."""
        return self.slots_free > 0 or (self.design != "legacy" and self.pool_takes())

    # -- clusters -----------------------------------------------------------------------------------------

    def room_of(self, device: Device, cluster: Cluster) -> int:
        first, end = max(cluster.number * CLUSTER, 1), min((cluster.number + 1) * CLUSTER, device.allowed + 1)
        return end - first - sum(slot // CLUSTER == cluster.number for slot in device.bad)

    def put_on(self, device: Device, cluster: Cluster, name: str) -> None:
        if cluster.on == name:
            return
        if cluster.on:
            device.lists[cluster.on].remove(cluster)
        device.lists[name].append(cluster)
        cluster.on = name

    def is_empty(self, device: Device, cluster: Cluster) -> bool:
        return not cluster.used and self.room_of(device, cluster) == CLUSTER

    def after_scan(self, device: Device, cluster: Cluster) -> None:
        if len(cluster.used) >= self.room_of(device, cluster):
            self.put_on(device, cluster, "full")
        elif self.is_empty(device, cluster):
            self.put_on(device, cluster, "free")
        else:
            self.put_on(device, cluster, "frag")

    def scan(self, device: Device, cluster: Cluster, start: int) -> int:
        if len(cluster.used) < self.room_of(device, cluster):
            end = min(device.allowed + 1, (cluster.number + 1) * CLUSTER)
            for slot in range(max(start, cluster.number * CLUSTER, 1), end):
                if slot in device.bad:
                    continue
                entry = device.owners.get(slot)
                if entry is None or (self.only_cached(entry) and self.mostly_full()):
                    if entry is not None:
                        self.give_up_slot(entry)
                        # A cluster that came free as a whole is begun anew.
                        if self.is_empty(device, cluster):
                            slot = max(cluster.number * CLUSTER, 1)
                    return slot
        device.next = 0
        self.after_scan(device, cluster)
        return 0

    def only_cached(self, entry: Entry) -> bool:
        """In today's design a slot may be held by nothing but the swapcache."""
        frame = entry.frame
        held = self.design != "legacy" or entry.count or frame is None or frame.entry is not entry
        return not held and not frame.locked and not frame.writing

    def give_up_slot(self, entry: Entry) -> None:
        frame = entry.frame
        frame.entry = entry.frame = None
        frame.dirty, frame.ahead = True, False
        self.end_entry(entry)

    def reclaim_full(self, device: Device) -> None:
        cluster = device.lists["full"].pop(0)
        cluster.on = ""
        for slot in sorted(cluster.used):
            if slot <= device.allowed and slot in device.owners and self.only_cached(device.owners[slot]):
                self.give_up_slot(device.owners[slot])
        if not cluster.on:
            self.after_scan(device, cluster)

    def find_slot(self, device: Device) -> int:
        def scan_list(name: str) -> int:
            for cluster in list(device.lists[name]):
                if cluster.number * CLUSTER <= device.allowed:
                    found = self.scan(device, cluster, 0)
                    if found:
                        return found
            return 0

        if 0 < device.next <= device.allowed:
            cluster = device.clusters[device.next // CLUSTER]
            start = device.next
            if self.is_empty(device, cluster):
                start = cluster.number * CLUSTER
            found = self.scan(device, cluster, start)
            if found:
                return found
        found = scan_list("nonfull")
        while not found and device.fresh * CLUSTER <= device.allowed:
            cluster = device.clusters[device.fresh]
            device.fresh += 1
            if not cluster.on:
                found = self.scan(device, cluster, 0)
        if not found:
            found = scan_list("free")
        if not found:
            legacy = self.design == "legacy" and self.settings["reclaim_full_clusters"]
            if legacy and device.lists["full"] and self.mostly_full():
                self.reclaim_full(device)
            found = scan_list("frag") or scan_list("full")
        return found

    def take_slot(self, entry: Entry) -> bool:
        ready = [device for device in self.devices if device.in_use and self.left(device) > 0]
        device = max(ready, key=lambda one: (one.priority, -one.turn, -one.number), default=None)
        slot = self.find_slot(device) if device else 0
        if not slot:
            return False
        device.turn += 1
        device.highest = max(device.highest, slot)
        cluster = device.clusters[slot // CLUSTER]
        cluster.used.add(slot)
        device.owners[slot] = entry
        entry.device, entry.slot = device, slot
        self.after_scan(device, cluster)
        device.next = 0 if (slot + 1) % CLUSTER == 0 or cluster.on == "full" else slot + 1
        if self.design == "legacy" and self.settings["reclaim_full_clusters"] and self.left(device) == 0:
            left = len(device.owners) // CLUSTER
            while device.lists["full"] and self.mostly_full():
                self.reclaim_full(device)
                left -= 1
                if left <= 0:
                    break
        return True

    def drop_slot(self, entry: Entry) -> None:
        if not entry.slot:
            return
        device, slot = entry.device, entry.slot
        del device.owners[slot]
        device.written.pop(slot, None)
        cluster = device.clusters[slot // CLUSTER]
        cluster.used.remove(slot)
        self.put_on(device, cluster, "free" if self.is_empty(device, cluster) else "nonfull")
        entry.device, entry.slot = None, 0

    # -- entries ------------------------------------------------------------------------------------------

    def name(self, frame: Frame) -> Entry | None:
        """A name for a page that leaves: a slot, a descriptor, a virtual slot; None where there is none."""
        entry = Entry(frame=frame)
        got = {"legacy": self.take_slot, "swap_desc": self.take_descriptor, "vswap": self.take_virtual}[self.design]
        if not got(entry):
            self.count["swap_alloc_fail"] += 1
            return None
        frame.entry = entry
        frame.dirty = True
        return entry

    def charge_metadata(self, pages: int) -> bool:
        if self.settings["charge_metadata"]:
            past = self.settings["reclaim"] == "memcg" or self.settings["policy"] != "linux"
            if not past and self.free - pages < 0:
                return False
            if self.free - pages < self.task_floor():
                self.count["descriptor_from_reserve"] += pages
            self.free -= pages
        return True

    def objects_unused(self) -> int:
        return self.slab_pages * self.per_slab() - len(self.by_number) - self.descriptors_at_hand

    def per_slab(self) -> int:
        return 4096 // (32 if self.settings["swap_desc.reverse_map"] == "kept" else 24)

    def take_descriptor(self, entry: Entry) -> bool:
        if self.descriptors_at_hand <= self.settings["swap_desc.slab_refill"]:
            stock = max(self.settings["swap_desc.slab_stock"] - self.descriptors_at_hand, 0)
            if self.objects_unused() == 0 and self.charge_metadata(1):
                self.slab_pages += 1
            self.descriptors_at_hand += min(self.objects_unused(), stock)
        if not self.descriptors_at_hand:
            self.count["descriptor_alloc_fail"] += 1
            return False
        self.descriptors_at_hand -= 1
        if self.numbers_free:
            entry.name = self.numbers_free.pop()
        else:
            self.numbers_made += 1
            entry.name = self.numbers_made
        self.by_number[entry.name] = entry
        return True

    def take_virtual(self, entry: Entry) -> bool:
        candidates = [self.virtual_current, *sorted(self.virtual)]
        for cluster in candidates:
            used = self.virtual.get(cluster)
            if used is not None and len(used) < CLUSTER and (used or cluster == self.virtual_current):
                break
        else:
            if not self.charge_metadata(3):
                self.virtual_current = 0
                self.count["descriptor_alloc_fail"] += 1
                return False
            if self.virtual_free:
                cluster = self.virtual_free.pop()
            else:
                self.virtual_made += 1
                cluster = self.virtual_made
            self.virtual[cluster] = used = {}
        self.virtual_current = cluster
        place = next(number for number in range(CLUSTER) if number not in used)
        used[place] = entry
        entry.name = (cluster - 1) * CLUSTER + place + 1
        return True

    def hold(self, entry: Entry) -> None:
        entry.count += 1

    def let_go(self, entry: Entry) -> None:
        """One holder less; the last one frees the entry unless its page is in the swapcache."""
        entry.count -= 1
        if not entry.count and entry.frame is None:
            self.end_entry(entry)

    def end_entry(self, entry: Entry) -> None:
        """Nobody holds it and its page is not cached: bytes and name are free."""
        self.drop_stored(entry)
        entry.where, entry.shadow = "none", None
        self.drop_slot(entry)
        if self.design == "swap_desc":
            del self.by_number[entry.name]
            self.numbers_free.append(entry.name)
            if self.descriptors_at_hand < self.settings["swap_desc.slab_stock"]:
                self.descriptors_at_hand += 1
            if self.objects_unused() >= 2 * self.per_slab():
                self.slab_pages -= 1
                self.free += 1 if self.settings["charge_metadata"] else 0
        elif self.design == "vswap":
            cluster, place = divmod(entry.name - 1, CLUSTER)
            used = self.virtual[cluster + 1]
            del used[place]
            if not used:
                del self.virtual[cluster + 1]
                self.virtual_free.append(cluster + 1)
                if self.virtual_current == cluster + 1:
                    self.virtual_current = 0
                self.free += 3 if self.settings["charge_metadata"] else 0

    def point_at(self, entry: Entry, where: str) -> None:
        """Its bytes are now there; with an indirection a slot left behind is free."""
        entry.where = where
        if where != "disk" and self.design != "legacy":
            self.drop_slot(entry)

    def free_swap(self, frame: Frame) -> bool:
        """folio_free_swap()"""
        entry = frame.entry
        if entry is None or frame.writing or entry.count:
            return False
        self.give_up_slot(entry)
        return True

    def forget(self, frame: Frame) -> None:
        """__remove_mapping(): the page is gone from memory, a shadow in its place."""
        entry = frame.entry
        shadow = (self.age, frame.workingset)
        self.age += 1
        entry.frame = frame.entry = None
        if entry.count:
            entry.shadow = shadow
        else:
            self.end_entry(entry)
        self.give_frame(frame)

    def wanted(self, entry: Entry) -> Frame | None:
        frame = entry.frame
        if frame is not None and frame.dropbehind:
            frame.dropbehind = False
            self.list_frame(frame)
        return frame

"""Devices of the reference machine: requests, the plug that holds them back, and when they complete."""

from __future__ import annotations

from dataclasses import dataclass

from tests.engine.reference.state import Device, Entry, Frame

LATENCY = {"nvme": 42_000, "ssd": 100_000}
INTERVAL = {"nvme": 3_000, "ssd": 12_000}
SEEK, TRANSFER = 4_500_000, 27_000
NEVER = 1 << 62


@dataclass(eq=False)
class Write:
    """A page on its way to a device."""

    frame: Frame
    device: Device
    slot: int
    done: int = NEVER


class Block:
    """Mixin: writes under way in the order in which they end, those of the plug last."""

    def begin_block(self) -> None:
        self.under_way: list[Write] = []
        self.plugs = 0
        self.plugged: list[Write] = []
        self.plug_requests: list[int] = []
        """Pages of each request the plug holds."""

    def submit(self, device: Device, slot: int) -> int:
        start = max(self.clock(), device.busy)
        if device.kind == "hdd":
            latency = TRANSFER if slot == device.last + 1 else TRANSFER + SEEK
            interval = latency
        else:
            latency, interval = LATENCY[device.kind], INTERVAL[device.kind]
        latency = self.settings["time.device_latency_ns"] or latency
        interval = self.settings["time.device_interval_ns"] or interval
        device.busy, device.last = start + interval, slot
        return start + latency

    def write(self, frame: Frame, device: Device, slot: int) -> None:
        frame.writing = True
        request = Write(frame, device, slot)
        if not self.plugs:
            self.line_up(request, self.submit(device, slot))
            return
        last = self.plugged[-1] if self.plugged else None
        follows = last is not None and last.device is device and last.slot + 1 == slot
        if follows and self.plug_requests[-1] < 254:
            self.plug_requests[-1] += 1
        else:
            if len(self.plug_requests) >= 32 or (self.plug_requests and self.plug_requests[-1] >= 32):
                self.pull_plug()
            self.plug_requests.append(1)
        self.plugged.append(request)
        self.under_way.append(request)

    def line_up(self, request: Write, done: int) -> None:
        request.done = done
        at = len(self.under_way)
        while at and self.under_way[at - 1].done > done:
            at -= 1
        self.under_way.insert(at, request)

    def pull_plug(self) -> None:
        held, sizes = self.plugged, self.plug_requests
        self.plugged, self.plug_requests = [], []
        self.under_way = [request for request in self.under_way if request.done != NEVER]
        # Requests that follow each other are merged once more, up to what a device takes.
        runs: list[list[Write]] = []
        for request in held:
            last = runs[-1][-1] if runs else None
            follows = last is not None and last.device is request.device and last.slot + 1 == request.slot
            if follows and len(runs[-1]) < 254:
                runs[-1].append(request)
            else:
                runs.append([request])
        assert sum(sizes) == len(held)
        for run in runs:
            done = [self.submit(request.device, request.slot) for request in run][-1]
            for request in run:
                self.line_up(request, done)

    def plug(self) -> None:
        self.plugs += 1

    def unplug(self) -> None:
        self.plugs -= 1
        if not self.plugs:
            self.pull_plug()

    def complete(self, when: int) -> None:
        """Writes that are done by then: their pages are looked at next, or were kept only for the write."""
        while self.under_way and self.under_way[0].done <= when:
            frame = self.under_way.pop(0).frame
            frame.writing = False
            turn, frame.reclaim, frame.ahead = frame.reclaim, False, False
            if turn:
                self.rotate(frame)
            if frame.dropbehind:
                frame.dropbehind = False
                if not frame.listed:
                    self.forget(frame)

    def wait_for(self, frame: Frame) -> None:
        while frame.writing:
            self.pull_plug()
            self.sleep_until(self.under_way[0].done)
            self.complete(self.under_way[0].done)

    def sleep_until(self, when: int) -> None:
        self.now = max(self.now, when)


def entry_device(entry: Entry) -> Device:
    assert entry.device is not None
    return entry.device

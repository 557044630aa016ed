"""Replacement policies that stand alone, in the reference machine: one list, one page at a time."""

from __future__ import annotations

from tests.engine.reference.state import Frame


class Policies:
    """Mixin: FIFO, LRU, CLOCK, RANDOM and OPT instead of the two lists."""

    def note_use(self, frame: Frame) -> None:
        policy = self.settings["policy"]
        if policy == "lru" and frame.listed and not frame.unevictable:
            self.inactive.remove(frame)
            self.inactive.append(frame)
        elif policy == "clock":
            frame.referenced = True
        elif policy == "opt":
            frame.next_use = self.next_use()

    @staticmethod
    def can_go(frame: Frame) -> bool:
        return frame.listed and not (frame.locked or frame.unevictable or frame.writing)

    def victim(self) -> Frame | None:
        policy = self.settings["policy"]
        ready = [frame for frame in self.inactive if self.can_go(frame)]
        if not self.inactive:
            return None
        if policy == "clock":
            for _ in range(2 * len(self.inactive)):
                frame = self.inactive[0]
                if frame in ready and not frame.referenced:
                    return frame
                frame.referenced = False
                self.inactive.append(self.inactive.pop(0))
            return None
        if policy == "random":
            for _ in range(64):
                # Park and Miller's generator.
                self.random = self.random * 48271 % (2**31 - 1)
                frame = self.frames_used.get(self.random % self.frame_top + 1)
                if frame in ready:
                    return frame
        if policy == "opt":
            return max(reversed(ready), key=lambda frame: frame.next_use, default=None)
        return ready[0] if ready else None

    def evict_one(self) -> bool:
        frame = self.victim()
        if frame is None:
            return False
        self.count["pgscan_anon"] += 1
        self.count["pgscan_direct"] += 1
        self.unlist(frame)
        if not self.push_out(frame):
            if not frame.writing:
                # It stays, or nobody had it any more.
                return frame.number not in self.frames_used
            self.wait_for(frame)
            self.unlist(frame)
            self.forget(frame)
        self.looked_at(0, 1)
        return True

"""Backends as the kernel has them: the pool with its size classes, the swapfiles with their bytes."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter

from app.canvas.backends import HEAD, WASTED, Backends
from app.canvas.facts import SwapFile
from app.canvas.pool_shape import SizeClass
from app.canvas.words import translate
from app.canvas.zspages import HIGH, fields_of
from engine.mm import image as im
from engine.mm.layout import CLUSTER_SLOTS
from engine.naming import grouped

CLASS_LINE, CLASS_GAP = 16, 5
"""Pixels of a class' line and between classes."""


class PoolWords(Backends):
    """zswap's LRU, then every size class with its zspages, objects and holes, then zswap's counters."""

    ABOUT: ClassVar[tuple[str, ...]] = ("zswap", "pool")
    pool_share = 0.28

    def lay_out(self) -> None:
        self.title, self.name = translate("Canvas", "ZSWAP POOL"), translate("Canvas", "zswap pool")
        y = self._pool(self.inner.top(), self._pool_height())
        of = self.facts.scalar
        rows = [
            ("zswpin", im.ZSWPIN), ("zswpout", im.ZSWPOUT),
            ("zswpwb", im.ZSWPWB), ("pool_limit_hit", im.POOL_LIMIT_HIT),
            ("compress_poor", im.REJECT_COMPRESS_POOR), ("reclaim_fail", im.REJECT_RECLAIM_FAIL),
            ("alloc_fail", im.REJECT_ALLOC_FAIL), ("same_filled", im.NR_SAME_FILLED),
            ("lru head", im.ZLRU), ("lru tail", im.ZLRU_TAIL), ("reached_full", im.POOL_REACHED_FULL),
        ]  # fmt: skip
        figures = [(name, grouped(of(address))) for name, address in rows]
        figures.append(("worker_due", f"{of(im.WORKER_DUE) / 1e6:.3f} ms"))
        foot = self.tally(self.inner.bottom(), translate("Canvas", "Counters of zswap"), figures)
        self._classes(y, foot - self.style.px(10))

    def _classes(self, y: float, foot: float) -> None:
        style, shape = self.style, self.facts.pool_shape
        holes = translate("Canvas", "holes: {n}").format(n=grouped(shape.holes))
        classes = translate("Canvas", "classes: {n}").format(n=grouped(len(shape.classes)))
        terms = ("zsmalloc", "size class") if self.facts.pool.allocator == "zsmalloc" else ("pool",)
        self.heading(y + style.px(8), self.facts.pool.allocator, [classes, holes] if shape.classes else [], terms=terms)
        window = QRectF(self.inner.left(), y + style.px(HEAD), self.inner.width(), max(1.0, foot - y - style.px(HEAD)))
        if not shape.classes:
            window.setHeight(min(window.height(), style.px(54)))
            self.empty(window, translate("Canvas", "The allocator has no page yet."))
            return
        with self.rolling(window):
            start = style.snap(window.top() - self.look.scroll)
            at = start
            largest = max(one.zspages * one.objs for one in shape.classes)
            for place, one in enumerate(shape.classes):
                at = self._class(place, one, at, largest)
        self.height_needed = self.inner.height() + max(0.0, at - start - window.height())

    def _class(self, place: int, one: SizeClass, y: float, largest: int) -> float:
        style, shape, px = self.style, self.facts.pool_shape, self.style.px
        name = (
            translate("Canvas", "class {size} B").format(size=grouped(one.size))
            if one.size
            else self.facts.pool.allocator
        )
        holes = f" −{grouped(one.holes)}" if one.holes else ""
        short = f"{grouped(one.inuse)}{holes}"
        room = self.inner.width()
        left = room - style.width(name, 9.5, mono=True) - px(8)
        whole = f"{one.pages}p/{one.objs}o · {grouped(one.zspages)} zsp · {short}"
        figures = self.fitting(left, 9.5, whole, f"{one.pages}p/{one.objs}o · {short}", short, mono=True)
        self.text(self.inner.left(), y + px(7), room, name, 9.5, mono=True)
        self.text(self.inner.left(), y + px(7), room, figures, 9.5, "dim", mono=True, right=True)
        self.hint(QRectF(self.inner.left(), y, room, px(CLASS_LINE)), partial(_about, one), "size class")
        top = y + px(CLASS_LINE)
        if len(shape.zspages):
            origin = QPointF(style.snap(self.inner.left() + 1), style.snap(top))
            field = fields_of(shape, place, origin, room - 2, style)
            self.fields.append(field)
            return top + field.size[1] + px(CLASS_GAP)
        bar = QRectF(self.inner.left(), top, room, px(HIGH * 0.5))
        self.paints.append(lambda painter: self._bar(painter, bar, one, largest))
        return bar.bottom() + px(CLASS_GAP)

    def _bar(self, painter: QPainter, box: QRectF, one: SizeClass, largest: int) -> None:
        """Objects and holes of a class, where there are too many to draw one by one."""
        if not self.shows(painter, box):
            return
        full = box.width() * one.zspages * one.objs / largest
        painter.fillRect(QRectF(box.left(), box.top(), full, box.height()), QColor(self.style.theme.never))
        used = full * one.inuse / max(1, one.zspages * one.objs)
        painter.fillRect(QRectF(box.left(), box.top(), used, box.height()), QColor(self.style.theme.zswap))


def _about(one: SizeClass) -> str:
    """What a size class is made of, and what is in it."""
    return translate(
        "Canvas",
        "Objects of up to {size} B: {pages} pages make a zspage of {objs} objects. {zspages} zspages hold {inuse} "
        "objects and have {holes} holes.",
    ).format(
        size=one.size, pages=one.pages, objs=one.objs, zspages=one.zspages, inuse=one.inuse, holes=one.holes,
    )  # fmt: skip


class DiskWords(Backends):
    """Every swapfile with its swap_map bytes and clusters, the requests under way, the counters of swap."""

    in_words = True
    ABOUT: ClassVar[tuple[str, ...]] = ("slot", "cluster", "backend")
    queue_rows = 4
    inviting = False

    def lay_out(self) -> None:
        self.title, self.name = translate("Canvas", "SWAPFILES"), translate("Canvas", "Swapfiles")
        of = self.facts.scalar
        rows = [
            ("pswpin", im.PSWPIN), ("pswpout", im.PSWPOUT), ("swap_ra", im.SWAP_RA), ("swap_ra_hit", im.SWAP_RA_HIT),
            ("ra window", im.RA_LAST_PAGES), ("prev_offset", im.RA_PREV_OFFSET), ("zero_marked", im.NR_ZEROMAP),
            ("slots_wasted", im.SLOTS_WASTED), ("bio head", im.BIO_HEAD), ("bio tail", im.BIO_TAIL),
        ]  # fmt: skip
        figures = [(name, grouped(of(address))) for name, address in rows]
        foot = self.tally(self.inner.bottom(), translate("Canvas", "Counters of swap"), figures)
        whole, self.inner = self.inner, QRectF(self.inner)
        self.inner.setBottom(foot - self.style.px(4))
        heights = self._room_of_disk(self.inner.height() - self.style.px(WASTED), self._cards())
        self._disk(self.inner.top(), heights)
        self.height_needed += whole.height() - self.inner.height()
        self.inner = whole

    def _under(self, file: SwapFile) -> list[str]:
        """What swap_info_struct and the clusters say."""
        view, si = self.facts.view, file.kind + 1
        if view is None:
            return []
        counts = " ".join(str(count) for count in file.clusters[:6].tolist())
        more = " …" if len(file.clusters) > 6 else ""
        used = f"clusters {int((file.clusters > 0).sum())} / {len(file.clusters)}"
        return [
            f"flags {view.at(im.SI_FLAGS, si):#x} · next {file.next} · highest {view.at(im.SI_HIGHEST, si)}",
            self.fitting(self.inner.width(), 9.5, f"clusters {counts}{more} of {CLUSTER_SLOTS}", used, mono=True),
        ]

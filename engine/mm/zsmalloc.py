"""The pool's allocator: size classes, zspages, fullness groups (mm/zsmalloc.c).

Compressed pages are packed as objects of a size class into groups of one to ``chain_size``
pages. The pool grows and shrinks in whole zspages, so freeing one object may free nothing.
Left out: compaction.
"""

from __future__ import annotations

from engine.mm.image import (
    CHARGE_POOL,
    CLASS_FREE,
    CLASS_INUSE,
    CLASS_MERGED,
    CLASS_OBJS,
    CLASS_PAGES,
    CLASS_ZSPAGES,
    FREE_PAGES,
    GROUP_HEAD,
    GROUP_LENGTH,
    GROUP_TAIL,
    OBJECT,
    POOL_PAGES,
    RECLAIM,
    ZS_OBJECT_TOP,
    ZSPAGE_CLASS,
    ZSPAGE_FIRST,
    ZSPAGE_FREE,
    ZSPAGE_GROUP,
    ZSPAGE_INUSE,
    ZSPAGE_NEXT,
    ZSPAGE_PREV,
    ZSPAGE_TOP,
)
from engine.mm.journal import add, get, put, put_add, store
from engine.mm.kernel import kernel
from engine.mm.page_alloc import RECLAIM_MEMCG, memalloc_floor
from engine.mm.schema import Words

PAGE_SIZE = 4096
ZS_MIN_ALLOC_SIZE = 32
ZS_SIZE_CLASS_DELTA = PAGE_SIZE >> 8
ZS_SIZE_CLASSES = 255
ZS_HANDLE_SIZE = 8

GROUPS = 12
ZS_INUSE_RATIO_0 = 0
ZS_INUSE_RATIO_99 = 10
ZS_INUSE_RATIO_100 = 11

HANDLE_SHIFT = 12
HANDLE_MASK = (1 << HANDLE_SHIFT) - 1


@kernel
def take_pool_pages(m: Words, pages: int) -> bool:
    """Pages for the pool, from below the min watermark if need be; False when there are none.

    A cgroup is charged past its limit, since it is reclaim that asks (PF_MEMALLOC, try_charge()).
    """
    if m[CHARGE_POOL] != 0:
        if m[RECLAIM] != RECLAIM_MEMCG and m[FREE_PAGES] - pages < memalloc_floor(m):
            return False
        add(m, FREE_PAGES, -pages)
    add(m, POOL_PAGES, pages)
    return True


@kernel
def give_pool_pages(m: Words, pages: int) -> None:
    """Pages the pool needs no more."""
    if m[CHARGE_POOL] != 0:
        add(m, FREE_PAGES, pages)
    add(m, POOL_PAGES, -pages)


@kernel
def class_of(m: Words, size: int) -> int:
    """The row of the class that serves a request: get_size_class_index() after merging."""
    size += ZS_HANDLE_SIZE
    index = 0
    if size > ZS_MIN_ALLOC_SIZE:
        index = (size - ZS_MIN_ALLOC_SIZE + ZS_SIZE_CLASS_DELTA - 1) // ZS_SIZE_CLASS_DELTA
    return get(m, CLASS_MERGED, min(index, ZS_SIZE_CLASSES - 1) + 1)


@kernel
def fullness(inuse: int, objs: int) -> int:
    """get_fullness_group(): 0 %, ten steps, 99 %, 100 %."""
    if inuse == 0:
        return ZS_INUSE_RATIO_0
    if inuse == objs:
        return ZS_INUSE_RATIO_100
    return 100 * inuse // objs // 10 + 1


@kernel
def group_insert(m: Words, group: int, zspage: int) -> None:
    """insert_zspage()"""
    first = get(m, GROUP_HEAD, group)
    put(m, ZSPAGE_PREV, zspage, 0)
    put(m, ZSPAGE_NEXT, zspage, first)
    if first != 0:
        put(m, ZSPAGE_PREV, first, zspage)
    else:
        put(m, GROUP_TAIL, group, zspage)
    put(m, GROUP_HEAD, group, zspage)
    put_add(m, GROUP_LENGTH, group, 1)
    put(m, ZSPAGE_GROUP, zspage, group)


@kernel
def group_remove(m: Words, zspage: int) -> None:
    """remove_zspage()"""
    group = get(m, ZSPAGE_GROUP, zspage)
    prev = get(m, ZSPAGE_PREV, zspage)
    nxt = get(m, ZSPAGE_NEXT, zspage)
    if prev != 0:
        put(m, ZSPAGE_NEXT, prev, nxt)
    else:
        put(m, GROUP_HEAD, group, nxt)
    if nxt != 0:
        put(m, ZSPAGE_PREV, nxt, prev)
    else:
        put(m, GROUP_TAIL, group, prev)
    put_add(m, GROUP_LENGTH, group, -1)


@kernel
def fix_fullness(m: Words, zspage: int) -> None:
    """fix_fullness_group(): into the group its use now calls for."""
    class_ = get(m, ZSPAGE_CLASS, zspage)
    group = (class_ - 1) * GROUPS + fullness(get(m, ZSPAGE_INUSE, zspage), get(m, CLASS_OBJS, class_))
    if group != get(m, ZSPAGE_GROUP, zspage):
        group_remove(m, zspage)
        group_insert(m, group, zspage)


@kernel
def new_zspage_row(m: Words, class_: int, objs: int) -> int:
    """A row for a zspage and, behind it, places for its objects, used again within the class."""
    zspage = get(m, CLASS_FREE, class_)
    if zspage != 0:
        put(m, CLASS_FREE, class_, get(m, ZSPAGE_NEXT, zspage))
    else:
        zspage = m[ZSPAGE_TOP] + 1
        store(m, ZSPAGE_TOP, zspage)
        put(m, ZSPAGE_FIRST, zspage, m[ZS_OBJECT_TOP] + 1)
        store(m, ZS_OBJECT_TOP, m[ZS_OBJECT_TOP] + objs)
    put(m, ZSPAGE_CLASS, zspage, class_)
    put(m, ZSPAGE_INUSE, zspage, 0)
    return zspage


@kernel
def alloc_zspage(m: Words, class_: int) -> int:
    """alloc_zspage(): 0 when there are no pages for it."""
    pages = get(m, CLASS_PAGES, class_)
    if not take_pool_pages(m, pages):
        return 0
    objs = get(m, CLASS_OBJS, class_)
    zspage = new_zspage_row(m, class_, objs)
    put(m, ZSPAGE_FREE, zspage, 1)
    first = get(m, ZSPAGE_FIRST, zspage)
    for place in range(objs):
        following = place + 2
        if place == objs - 1:
            following = 0
        put(m, OBJECT, first + place, following << 1)
    put_add(m, CLASS_ZSPAGES, class_, 1)
    group_insert(m, (class_ - 1) * GROUPS + ZS_INUSE_RATIO_0, zspage)
    return zspage


@kernel
def find_zspage(m: Words, class_: int) -> int:
    """find_get_zspage(): the fullest that has room; 0: none."""
    group = (class_ - 1) * GROUPS + ZS_INUSE_RATIO_99
    last = (class_ - 1) * GROUPS
    while group >= last:
        head = get(m, GROUP_HEAD, group)
        if head != 0:
            return head
        group -= 1
    return 0


@kernel
def zs_malloc(m: Words, size: int, entry: int) -> int:
    """zs_malloc(): a handle for ``size`` bytes, 0 when there is no memory."""
    class_ = class_of(m, size)
    zspage = find_zspage(m, class_)
    if zspage == 0:
        zspage = alloc_zspage(m, class_)
        if zspage == 0:
            return 0
    place = get(m, ZSPAGE_FREE, zspage)
    row = get(m, ZSPAGE_FIRST, zspage) + place - 1
    put(m, ZSPAGE_FREE, zspage, get(m, OBJECT, row) >> 1)
    put(m, OBJECT, row, entry << 1 | 1)
    put_add(m, ZSPAGE_INUSE, zspage, 1)
    put_add(m, CLASS_INUSE, class_, 1)
    fix_fullness(m, zspage)
    return zspage << HANDLE_SHIFT | place


@kernel
def zs_free(m: Words, handle: int) -> None:
    """zs_free(): the object's place is free; an empty zspage gives its pages back."""
    zspage = handle >> HANDLE_SHIFT
    place = handle & HANDLE_MASK
    class_ = get(m, ZSPAGE_CLASS, zspage)
    put(m, OBJECT, get(m, ZSPAGE_FIRST, zspage) + place - 1, get(m, ZSPAGE_FREE, zspage) << 1)
    put(m, ZSPAGE_FREE, zspage, place)
    put_add(m, ZSPAGE_INUSE, zspage, -1)
    put_add(m, CLASS_INUSE, class_, -1)
    if get(m, ZSPAGE_INUSE, zspage) > 0:
        fix_fullness(m, zspage)
        return
    group_remove(m, zspage)
    put_add(m, CLASS_ZSPAGES, class_, -1)
    put(m, ZSPAGE_CLASS, zspage, 0)
    put(m, ZSPAGE_NEXT, zspage, get(m, CLASS_FREE, class_))
    put(m, CLASS_FREE, class_, zspage)
    give_pool_pages(m, get(m, CLASS_PAGES, class_))

/* The model's hot path in C, for the benchmarks: what the same work costs in the language it is usually done in.
 *
 * One process, one region, today's design ("legacy"), kswapd by watermarks: hits, first touches, faults
 * with VMA readahead, the two LRU lists with second chance and refault distance, slots by clusters, the
 * zswap pool with zsmalloc's classes and its shrink worker, and writes under way. Left out is what such a
 * run never does: forks, shmem, mlock, several swapfiles, other versions' rules, running out of memory.
 * Counters and clocks are kept as the model keeps them. Rows are structs, links are indices, row 0 is none.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef int64_t i64;
typedef int32_t i32;

enum { READ = 1, WRITE = 2 };
enum { PRESENT = 1, RW = 2, ACCESSED = 32, DIRTY = 64, PFN_SHIFT = 12 };
enum { F_LRU = 1, F_ACTIVE = 2, F_REFERENCED = 4, F_DIRTY = 8, F_WRITEBACK = 16, F_SWAPCACHE = 32, F_WORKINGSET = 64,
       F_RECLAIM = 128, F_READAHEAD = 256, F_LOCKED = 512 };
enum { HIT_NS = 100, FAULT_NS = 1000, COMPRESS_NS = 10000, DECOMPRESS_NS = 3000, SCAN_NS = 200, LOOKUP_NS = 100,
       WAKE_NS = 50000, STEP_NS = 20000, LATENCY_NS = 42000, INTERVAL_NS = 3000 };
enum { CLUSTER = 512, BATCH = 32, CLASSES = 255, GROUPS = 12, CHAIN = 8, PAGE = 4096, SWAPPINESS = 60 };
enum { REFERENCES, HITS, PGFAULT, PGMAJFAULT, ZSWPOUT, ZSWPIN, ZSWPWB, PSWPOUT, PSWPIN, SWAP_RA, PGSCAN, PGSTEAL,
       PGACTIVATE, PGDEACTIVATE, COUNTERS };
enum { K_HIT, K_FAULT, K_FIRST, K_CACHE_HIT, K_MAPPED, K_REUSE, K_SWAP_IN, K_READ_AHEAD, K_DISK_READ, K_DISK_WRITE,
       K_STORE, K_LOAD, K_REJECT, K_WRITE_BACK, K_ROTATE, K_NAME, K_UNMAP, K_FREED, K_KEEP, K_ACTIVATED,
       K_DEACTIVATE, K_REFAULT, K_WRITE_DONE, K_WAKE, K_SLEEP, KINDS };

typedef struct { i32 flags, page, slot, mapped, prev, next, image, spare; } Frame;
typedef struct { i32 map, cached, entry, image; i64 shadow; } Slot;
typedef struct { i32 slot, length, referenced, zspage, place, image, prev, next; } Entry;
typedef struct { i32 class_, inuse, free, first, prev, next, group, spare; } Zspage;
typedef struct { i32 head, tail; } List;
typedef struct { i32 size, pages, objs, merged, free_rows; } Class;
typedef struct { i32 frame; i64 done; } Bio;

typedef struct {
    i64 pages, frames, slots, window_max, images;
    i64 now, kswapd_clock, worker_due, busy, age, wm_min, wm_low, wm_high, pool_limit, pool_accept;
    i64 free_pages, pool_pages, nr_active, nr_inactive, stored, stored_bytes, slots_used, zlru_length, writes;
    i64 refaults, activated, restored, last_refaults, stall, operations, transitions, wasted, swapped, resident, net;
    i64 latency[26], kinds[KINDS], counters[COUNTERS];
    int kswapd_awake, actor, failures, pool_full, kswapd_priority, kswapd_failures, skipped;
    i64 cost, written, kswapd_freed;
    i64 *pte; Frame *frame; i32 free_frame, frame_top;
    List inactive, active, zlru;
    Slot *slot; i32 *cluster_count; i64 next_slot, cluster_hint, clusters, highest;
    Entry *entry; i32 entry_free, entry_top;
    Zspage *zspage; i32 zspage_top; i32 *object; i64 object_top;
    Class class_[CLASSES + 1]; List group[(CLASSES + 1) * GROUPS];
    Bio *bio; i64 bio_head, bio_tail, bio_mask;
    i64 ra_page, ra_window, ra_hits;
    const i64 *lengths;
} M;

static inline void emit(M *m, int kind) { m->kinds[kind]++; m->transitions++; }
static inline void spend(M *m, i64 ns) {
    if (m->actor == 1) m->kswapd_clock += ns; else if (m->actor == 2) m->worker_due += ns; else m->now += ns;
}
static inline i64 actor_time(M *m) { return m->actor == 1 ? m->kswapd_clock : m->actor == 2 ? m->worker_due : m->now; }
static inline int swap_full(M *m) { return (m->slots - m->slots_used) * 2 < m->slots; }

/* The LRU lists. */
static void frame_push(M *m, List *l, i32 f) {
    Frame *p = m->frame + f; p->prev = 0; p->next = l->head;
    if (l->head) m->frame[l->head].prev = f; else l->tail = f;
    l->head = f;
}
static void frame_unlink(M *m, List *l, i32 f) {
    Frame *p = m->frame + f;
    if (p->prev) m->frame[p->prev].next = p->next; else l->head = p->next;
    if (p->next) m->frame[p->next].prev = p->prev; else l->tail = p->prev;
}
static void lru_add(M *m, i32 f) {
    Frame *p = m->frame + f; p->flags |= F_LRU;
    if (p->flags & F_ACTIVE) { frame_push(m, &m->active, f); m->nr_active++; }
    else { frame_push(m, &m->inactive, f); m->nr_inactive++; }
}
static void lru_del(M *m, i32 f) {
    Frame *p = m->frame + f; p->flags &= ~F_LRU;
    if (p->flags & F_ACTIVE) { frame_unlink(m, &m->active, f); m->nr_active--; }
    else { frame_unlink(m, &m->inactive, f); m->nr_inactive--; }
}
static void rotate_to_tail(M *m, i32 f) {
    if (!(m->frame[f].flags & F_LRU)) return;
    lru_del(m, f);
    Frame *p = m->frame + f; p->flags = (p->flags & ~F_ACTIVE) | F_LRU;
    p->next = 0; p->prev = m->inactive.tail;
    if (m->inactive.tail) m->frame[m->inactive.tail].next = f; else m->inactive.head = f;
    m->inactive.tail = f; m->nr_inactive++;
}

/* Frames. */
static i32 take_frame(M *m) {
    i32 f = m->free_frame;
    if (f) m->free_frame = m->frame[f].next; else f = ++m->frame_top;
    m->free_pages--; m->resident++;
    return f;
}
static void give_frame(M *m, i32 f) {
    memset(m->frame + f, 0, sizeof(Frame));
    m->frame[f].next = m->free_frame; m->free_frame = f;
    m->free_pages++; m->resident--;
}

/* Slots. */
static i64 slot_in_cluster(M *m, i64 cluster, i64 start) {
    i64 at = start > cluster * CLUSTER ? start : cluster * CLUSTER, end = (cluster + 1) * CLUSTER;
    if (end > m->slots + 1) end = m->slots + 1;
    for (; at < end; at++) if (!m->slot[at].map) return at;
    return 0;
}
static i64 find_slot(M *m) {
    i64 found;
    if (m->next_slot && (found = slot_in_cluster(m, m->next_slot / CLUSTER, m->next_slot))) return found;
    i64 begun = m->highest / CLUSTER + 1, empty = -1;
    if (begun > m->clusters) begun = m->clusters;
    for (i64 c = m->cluster_hint; c < begun; c++) {
        i32 used = m->cluster_count[c];
        if (used > 0 && used < CLUSTER) {
            if ((found = slot_in_cluster(m, c, 1))) { m->cluster_hint = empty < 0 ? c : empty; return found; }
        } else if (!used && empty < 0) empty = c;
    }
    if (empty < 0 && begun < m->clusters) empty = begun;
    return empty < 0 ? 0 : slot_in_cluster(m, empty, 1);
}
static i32 alloc_slot(M *m) {
    if (m->slots_used >= m->slots) return 0;
    i64 s = find_slot(m);
    if (!s) return 0;
    m->next_slot = (s + 1) % CLUSTER ? s + 1 : 0;
    if (s > m->highest) m->highest = s;
    m->cluster_count[s / CLUSTER]++; m->slots_used++;
    return (i32)s;
}
static void free_slot(M *m, i32 s) {
    memset(m->slot + s, 0, sizeof(Slot));
    m->cluster_count[s / CLUSTER]--; m->slots_used--;
    if (s / CLUSTER < m->cluster_hint) m->cluster_hint = s / CLUSTER;
}

/* zsmalloc. */
static int fullness(int inuse, int objs) { return !inuse ? 0 : inuse == objs ? 11 : 100 * inuse / objs / 10 + 1; }
static void group_insert(M *m, int g, i32 z) {
    Zspage *p = m->zspage + z; p->prev = 0; p->next = m->group[g].head; p->group = g;
    if (p->next) m->zspage[p->next].prev = z; else m->group[g].tail = z;
    m->group[g].head = z;
}
static void group_remove(M *m, i32 z) {
    Zspage *p = m->zspage + z; List *l = m->group + p->group;
    if (p->prev) m->zspage[p->prev].next = p->next; else l->head = p->next;
    if (p->next) m->zspage[p->next].prev = p->prev; else l->tail = p->prev;
}
static void fix_fullness(M *m, i32 z) {
    Zspage *p = m->zspage + z;
    int g = p->class_ * GROUPS + fullness(p->inuse, m->class_[p->class_].objs);
    if (g != p->group) { group_remove(m, z); group_insert(m, g, z); }
}
static i32 zs_malloc(M *m, i64 length, i32 entry, i32 *place) {
    i64 size = length + 8;
    int c = size > 32 ? (int)((size - 32 + 15) / 16) : 0;
    if (c > CLASSES - 1) c = CLASSES - 1;
    c = m->class_[c].merged;
    i32 z = 0;
    for (int g = 10; g >= 0 && !z; g--) z = m->group[c * GROUPS + g].head;
    if (!z) {
        Class *k = m->class_ + c;
        if (m->free_pages - k->pages < 0) return 0;
        m->free_pages -= k->pages; m->pool_pages += k->pages;
        if ((z = k->free_rows)) k->free_rows = m->zspage[z].next;
        else { z = ++m->zspage_top; m->zspage[z].first = (i32)m->object_top + 1; m->object_top += k->objs; }
        Zspage *p = m->zspage + z; p->class_ = c; p->inuse = 0; p->free = 1;
        for (int i = 0; i < k->objs; i++) m->object[p->first + i] = (i == k->objs - 1 ? 0 : i + 2) << 1;
        group_insert(m, c * GROUPS, z);
    }
    Zspage *p = m->zspage + z; *place = p->free;
    i32 *o = m->object + p->first + p->free - 1;
    p->free = *o >> 1; *o = entry << 1 | 1; p->inuse++;
    fix_fullness(m, z);
    return z;
}
static void zs_free(M *m, i32 z, i32 place) {
    Zspage *p = m->zspage + z;
    m->object[p->first + place - 1] = p->free << 1; p->free = place;
    if (--p->inuse) { fix_fullness(m, z); return; }
    group_remove(m, z);
    Class *k = m->class_ + p->class_;
    p->next = k->free_rows; k->free_rows = z;
    m->free_pages += k->pages; m->pool_pages -= k->pages;
}

/* zswap. */
static void zlru_add(M *m, i32 e) {
    Entry *p = m->entry + e; p->next = 0; p->prev = m->zlru.tail;
    if (m->zlru.tail) m->entry[m->zlru.tail].next = e; else m->zlru.head = e;
    m->zlru.tail = e; m->zlru_length++;
}
static void zlru_del(M *m, i32 e) {
    Entry *p = m->entry + e;
    if (p->prev) m->entry[p->prev].next = p->next; else m->zlru.head = p->next;
    if (p->next) m->entry[p->next].prev = p->prev; else m->zlru.tail = p->prev;
    m->zlru_length--;
}
static void entry_free(M *m, i32 e) {
    Entry *p = m->entry + e;
    zs_free(m, p->zspage, p->place); zlru_del(m, e);
    m->stored--; m->stored_bytes -= p->length; m->wasted--;
    memset(p, 0, sizeof *p); p->next = m->entry_free; m->entry_free = e;
}
static int zswap_store(M *m, i32 f, i32 s) {
    if (m->pool_pages >= m->pool_limit) m->pool_full = 1;
    else if (m->pool_full && m->pool_pages <= m->pool_accept) m->pool_full = 0;
    if (m->pool_full) {
        emit(m, K_REJECT);
        if (!m->worker_due) { m->worker_due = actor_time(m) + WAKE_NS; m->failures = 0; emit(m, K_WAKE); }
        return 0;
    }
    i64 length = m->lengths[m->frame[f].image];
    spend(m, COMPRESS_NS);
    i32 e = m->entry_free;
    if (e) m->entry_free = m->entry[e].next; else e = ++m->entry_top;
    i32 place, z = zs_malloc(m, length, e, &place);
    if (!z) { m->entry[e].next = m->entry_free; m->entry_free = e; emit(m, K_REJECT); return 0; }
    Entry *p = m->entry + e;
    p->slot = s; p->length = (i32)length; p->referenced = 1; p->zspage = z; p->place = place; p->image = m->frame[f].image;
    zlru_add(m, e);
    m->stored++; m->stored_bytes += length; m->wasted++; m->net += PAGE - length - 72; m->counters[ZSWPOUT]++;
    m->slot[s].entry = e; m->slot[s].image = 0;
    emit(m, K_STORE);
    return 1;
}

/* The device. */
static i64 submit(M *m) {
    i64 now = actor_time(m), start = now > m->busy ? now : m->busy;
    m->busy = start + INTERVAL_NS;
    return start + LATENCY_NS;
}
static void start_write(M *m, i32 f, i32 s) {
    m->slot[s].image = m->frame[f].image; m->frame[f].flags |= F_WRITEBACK | F_RECLAIM;
    m->bio[m->bio_tail++ & m->bio_mask] = (Bio){f, submit(m)};
    m->writes++; m->counters[PSWPOUT]++;
}
static void complete_writes(M *m, i64 when) {
    while (m->bio_head < m->bio_tail && m->bio[m->bio_head & m->bio_mask].done <= when) {
        i32 f = m->bio[m->bio_head++ & m->bio_mask].frame;
        Frame *p = m->frame + f;
        p->flags &= ~F_WRITEBACK; m->writes--;
        if (p->flags & F_RECLAIM) { p->flags &= ~F_RECLAIM; rotate_to_tail(m, f); }
        emit(m, K_WRITE_DONE);
    }
}

/* Reclaim. */
static void note_cost(M *m, i64 cost) {
    if (!cost) return;
    m->cost += cost;
    if (m->cost > (m->nr_inactive + m->nr_active) / 4) m->cost /= 2;
}
static void refault(M *m, i32 f, i64 shadow) {
    i64 distance = m->age - (shadow >> 1); m->refaults++;
    if (distance <= m->nr_active) {
        m->frame[f].flags |= F_ACTIVE; m->age++; m->activated++;
        if (shadow & 1) { m->frame[f].flags |= F_WORKINGSET; m->restored++; note_cost(m, BATCH); }
    }
    emit(m, K_REFAULT);
}
static void free_swap(M *m, i32 f) {
    Frame *p = m->frame + f; Slot *q = m->slot + p->slot;
    if (!(p->flags & F_SWAPCACHE) || q->map > 0x40 || p->flags & F_WRITEBACK) return;
    if (q->entry) entry_free(m, q->entry);
    free_slot(m, p->slot);
    p->slot = 0; p->flags = (p->flags & ~F_SWAPCACHE) | F_DIRTY;
}
static int keep(M *m, i32 f) {
    if (swap_full(m)) free_swap(m, f);
    m->frame[f].flags |= F_ACTIVE; m->counters[PGACTIVATE]++; lru_add(m, f);
    return 0;
}
static int young(M *m, i32 f) {
    Frame *p = m->frame + f;
    if (!p->mapped || !(m->pte[p->page] & ACCESSED)) return 0;
    m->pte[p->page] &= ~(i64)ACCESSED;
    return 1;
}
static int shrink_folio(M *m, i32 f) {
    Frame *p = m->frame + f;
    spend(m, SCAN_NS); m->counters[PGSCAN]++;
    if (p->flags & F_LOCKED) { lru_add(m, f); return 0; }
    if (p->flags & F_WRITEBACK) { p->flags |= F_RECLAIM; return keep(m, f); }
    int used = young(m, f), before = p->flags & F_REFERENCED;
    p->flags &= ~F_REFERENCED;
    if (used) {
        p->flags |= F_REFERENCED;
        if (before) { keep(m, f); emit(m, K_ACTIVATED); } else { lru_add(m, f); emit(m, K_KEEP); }
        return 0;
    }
    i32 s = p->slot;
    if (!s) {
        if (!(s = alloc_slot(m))) return keep(m, f);
        m->slot[s].map = 0x40; m->slot[s].cached = f; p->slot = s; p->flags |= F_SWAPCACHE | F_DIRTY;
        emit(m, K_NAME);
    }
    if (p->mapped) {
        if (m->pte[p->page] & DIRTY) p->flags |= F_DIRTY;
        m->pte[p->page] = -((i64)s << 9); p->mapped = 0; m->slot[s].map++; m->swapped++;
        emit(m, K_UNMAP);
    }
    if (p->flags & F_DIRTY) {
        p->flags &= ~F_DIRTY; m->written++;
        if (!zswap_store(m, f, s)) {
            if (m->slot[s].entry) { i32 e = m->slot[s].entry; m->slot[s].entry = 0; entry_free(m, e); }
            start_write(m, f, s); emit(m, K_DISK_WRITE); lru_add(m, f);
            return 0;
        }
    }
    i64 shadow = m->age++ << 1 | (p->flags & F_WORKINGSET ? 1 : 0);
    if (m->slot[s].map > 0x40) { m->slot[s].map &= 0x3f; m->slot[s].cached = 0; m->slot[s].shadow = shadow << 1 | 1; }
    else { if (m->slot[s].entry) entry_free(m, m->slot[s].entry); free_slot(m, s); }
    give_frame(m, f); emit(m, K_FREED); m->counters[PGSTEAL]++;
    return 1;
}
static i64 isqrt(i64 v) { i64 r = 0; while ((r + 1) * (r + 1) <= v) r++; return r; }
static int inactive_low(M *m) {
    i64 gib = (m->nr_inactive + m->nr_active) >> 18;
    return m->nr_inactive * (gib ? isqrt(10 * gib) : 1) < m->nr_active;
}
static void shrink_active(M *m, i64 pages) {
    i64 moved = 0;
    for (; moved < pages && m->active.tail; moved++) {
        i32 f = m->active.tail;
        spend(m, SCAN_NS); lru_del(m, f); young(m, f);
        m->frame[f].flags = (m->frame[f].flags & ~F_ACTIVE) | F_WORKINGSET;
        lru_add(m, f);
    }
    if (moved) { m->counters[PGDEACTIVATE] += moved; emit(m, K_DEACTIVATE); }
}
static i64 share(i64 pages, int priority, i64 cost, int tiny) {
    /* get_scan_count() at swappiness 60: all where there are next to no file pages, and at priority 0. */
    if (tiny || !priority) return pages;
    i64 anon = SWAPPINESS * (3 * cost + 1) / (2 * cost + 1), file = (200 - SWAPPINESS) * (3 * cost + 1) / (cost + 1);
    return pages * anon / (anon + file);
}
static i64 shrink_node(M *m, int priority, i64 target, int force) {
    int deactivate = force || inactive_low(m) || m->activated != m->last_refaults;
    int tiny = !deactivate && m->free_pages <= m->wm_high && m->nr_inactive >> priority;
    i64 cost = m->cost, freed = 0;
    i64 inactive = share(m->nr_inactive >> priority, priority, cost, tiny);
    i64 active = share(m->nr_active >> priority, priority, cost, tiny);
    while (inactive > 0) {
        i64 batch = inactive < BATCH ? inactive : BATCH, scanned = 0, before = freed; inactive -= batch;
        complete_writes(m, actor_time(m));
        m->written = 0;
        for (; scanned < batch && m->inactive.tail; scanned++) {
            i32 f = m->inactive.tail; lru_del(m, f); freed += shrink_folio(m, f);
        }
        note_cost(m, m->written * BATCH + scanned - (freed - before));
        if (active > 0) {
            i64 some = active < BATCH ? active : BATCH; active -= some;
            if (deactivate) shrink_active(m, some); else m->skipped = 1;
        }
        if (freed >= target && (m->actor == 1 || priority != 12)) break;
    }
    if (inactive_low(m)) shrink_active(m, BATCH);
    if (freed) m->kswapd_failures = 0;
    return freed;
}
static i64 shrink_zones(M *m) {
    i64 freed = 0;
    m->skipped = 0;
    for (int walk = 0; walk < 3 && !freed && (walk < 2 || m->skipped); walk++) {
        for (int priority = 12; priority >= 0 && freed < BATCH; priority--) freed += shrink_node(m, priority, BATCH, walk == 2);
        m->last_refaults = m->activated;
    }
    return freed;
}
static void kswapd_sleep(M *m) {
    m->last_refaults = m->activated; m->kswapd_awake = 2; m->kswapd_clock += 100000000; emit(m, K_SLEEP);
}
static void kswapd_step(M *m) {
    int actor = m->actor; m->actor = 1;
    complete_writes(m, m->kswapd_clock);
    int balanced = m->free_pages > m->wm_high;
    if (m->kswapd_awake == 2) {
        m->kswapd_awake = !balanced && m->kswapd_failures < 16; m->kswapd_priority = 12; m->kswapd_freed = 0;
    } else if (balanced) {
        kswapd_sleep(m);
    } else {
        if (inactive_low(m)) shrink_active(m, BATCH);
        i64 target = m->wm_high > BATCH ? m->wm_high : BATCH, scanned = m->counters[PGSCAN];
        i64 freed = shrink_node(m, m->kswapd_priority, target, 0);
        scanned = m->counters[PGSCAN] - scanned; m->kswapd_freed += freed;
        if (!freed || (scanned < target && freed < target)) m->kswapd_priority--;
        if (m->kswapd_priority < 1) {
            if (!m->kswapd_freed) m->kswapd_failures++;
            m->last_refaults = m->activated; m->kswapd_priority = 12; m->kswapd_freed = 0;
            if (m->kswapd_failures >= 16) kswapd_sleep(m);
        }
    }
    m->actor = actor;
}
static i32 alloc_frame(M *m) {
    if (m->free_pages <= m->wm_low && m->kswapd_awake != 1 && m->kswapd_failures < 16) {
        m->kswapd_awake = 1; m->kswapd_clock = m->now; m->kswapd_priority = 12; m->kswapd_freed = 0; emit(m, K_WAKE);
    }
    for (int vain = 0; m->free_pages <= m->wm_min && vain < 16;) {
        complete_writes(m, m->now);
        if (shrink_zones(m) > 0) vain = 0;
        else if (m->writes) { m->now = m->bio[m->bio_head & m->bio_mask].done; complete_writes(m, m->now); }
        else vain++;
    }
    return take_frame(m);
}
static void worker_step(M *m) {
    int actor = m->actor, wrote = 0; m->actor = 2;
    spend(m, STEP_NS);
    if (m->zlru.head) {
        i32 e = m->zlru.head; Entry *p = m->entry + e;
        zlru_del(m, e); zlru_add(m, e);
        if (p->referenced) { p->referenced = 0; emit(m, K_ROTATE); }
        else if (!m->slot[p->slot].cached && m->free_pages > 0) {
            i32 s = p->slot, f = take_frame(m); Slot *q = m->slot + s; i64 shadow = q->shadow;
            Frame *r = m->frame + f; r->flags = F_SWAPCACHE; r->slot = s; r->image = p->image;
            q->cached = f; q->map |= 0x40; q->shadow = 0; q->entry = 0;
            if (shadow) refault(m, f, shadow >> 1);
            spend(m, DECOMPRESS_NS); entry_free(m, e);
            lru_add(m, f); start_write(m, f, s);
            m->counters[ZSWPWB]++; emit(m, K_WRITE_BACK); wrote = 1;
        }
    }
    if (!wrote) m->failures++;
    if (m->pool_pages <= m->pool_accept || m->failures >= 16 || !m->zlru.head) m->worker_due = 0;
    m->actor = actor;
}

/* Faults. */
static void next_image(M *m, Frame *p) { p->image = p->image % m->images + 1; }
static i32 read_page(M *m, i32 s, int wanted, i64 *done) {
    if (m->slot[s].cached) return 0;
    i32 f = alloc_frame(m); Slot *q = m->slot + s; Frame *p = m->frame + f;
    if (!q->map || q->cached) { give_frame(m, f); return 0; }
    p->flags = F_SWAPCACHE | (wanted ? F_LOCKED : F_READAHEAD); p->slot = s;
    i64 shadow = q->shadow; q->cached = f; q->map |= 0x40; q->shadow = 0;
    if (shadow) refault(m, f, shadow >> 1);
    lru_add(m, f);
    if (wanted) emit(m, K_SWAP_IN); else { m->counters[SWAP_RA]++; emit(m, K_READ_AHEAD); }
    spend(m, LOOKUP_NS);
    if (q->entry) {
        i32 e = q->entry;
        spend(m, DECOMPRESS_NS); p->image = m->entry[e].image; p->flags |= F_DIRTY; q->entry = 0;
        entry_free(m, e); m->counters[ZSWPIN]++; emit(m, K_LOAD);
    } else {
        p->image = q->image; m->counters[PSWPIN]++; *done = submit(m); emit(m, K_DISK_READ);
    }
    return f;
}
static i32 swapin(M *m, i64 page, i32 s, i64 *done) {
    i64 window = 1, previous = m->ra_page, start, end;
    if (m->window_max > 1) {
        window = m->ra_hits + 2;
        if (window == 2) { if (page != previous + 1 && page != previous - 1) window = 1; }
        else { i64 up = 4; while (up < window) up <<= 1; window = up; }
        if (window > m->window_max) window = m->window_max;
        if (window < m->ra_window / 2) window = m->ra_window / 2;
        m->ra_page = page; m->ra_window = window; m->ra_hits = 0;
    }
    start = page == previous + 1 ? page : page == previous - 1 ? page - window + 1 : page - (window - 1) / 2;
    end = start + window;
    i64 low = page / 512 * 512, high = low + 512 < m->pages ? low + 512 : m->pages;
    if (start < low) start = low;
    if (end > high) end = high;
    i32 found = 0; i64 ignored;
    for (i64 at = start; at < end; at++) {
        if (at == page) found = read_page(m, s, 1, done);
        else if (m->pte[at] < 0) read_page(m, (i32)(-m->pte[at] >> 9), 0, &ignored);
    }
    return found ? found : m->slot[s].cached;
}
static void fault(M *m, i64 page, int write) {
    i64 since = m->now, word = m->pte[page];
    m->counters[PGFAULT]++; emit(m, K_FAULT); spend(m, FAULT_NS);
    if (word > 0) { /* mapped read-only: it is this process' own */
        i32 f = (i32)(word >> PFN_SHIFT);
        free_swap(m, f);
        m->pte[page] = word | RW | DIRTY | ACCESSED; next_image(m, m->frame + f); emit(m, K_REUSE);
    } else if (!word) {
        i32 f = alloc_frame(m); Frame *p = m->frame + f;
        p->page = (i32)page; p->mapped = 1; p->image = (i32)((page * 2654435761u >> 7) % m->images + 1);
        m->pte[page] = (i64)f << PFN_SHIFT | PRESENT | RW | DIRTY | ACCESSED;
        lru_add(m, f); emit(m, K_FIRST);
    } else {
        i32 s = (i32)(-word >> 9), f = m->slot[s].cached;
        i64 done = 0;
        spend(m, LOOKUP_NS * 4);
        if (f) {
            Frame *p = m->frame + f;
            if (p->flags & F_READAHEAD) { p->flags &= ~F_READAHEAD; if (m->ra_hits < 63) m->ra_hits++; }
            m->ra_page = page; p->flags |= F_LOCKED; emit(m, K_CACHE_HIT);
        } else {
            m->counters[PGMAJFAULT]++;
            f = swapin(m, page, s, &done);
            if (done > m->now) { m->now = done; complete_writes(m, m->now); }
        }
        Frame *p = m->frame + f; m->swapped--;
        m->slot[s].map--; p->page = (i32)page; p->mapped = 1;
        if (swap_full(m) || write) free_swap(m, f);
        if (write) next_image(m, p);
        m->pte[page] = (i64)f << PFN_SHIFT | PRESENT | ACCESSED | RW | (write ? DIRTY : 0);
        p->flags &= ~F_LOCKED; emit(m, K_MAPPED);
    }
    i64 took = m->now - since; int bin = 0;
    m->stall += took;
    while (bin < 25 && took >> (6 + bin)) bin++;
    m->latency[bin]++;
}

void twin_run(M *m, const i64 *ops, i64 count) {
    for (i64 i = 0; i < count; i++) {
        i64 op = ops[i], page = op >> 32, word = m->pte[page];
        int write = (op & 31) == WRITE;
        m->counters[REFERENCES] += (op >> 12 & 0xfffff) + 1;
        if (word > 0 && (!write || word & RW)) {
            i64 wanted = word | ACCESSED | (write ? DIRTY : 0);
            if (write && !(word & DIRTY)) next_image(m, m->frame + (word >> PFN_SHIFT));
            if (wanted != word) m->pte[page] = wanted;
            m->counters[HITS]++; emit(m, K_HIT);
        } else fault(m, page, write);
        m->now += HIT_NS * ((op >> 12 & 0xfffff) + 1);
        if (m->bio_head < m->bio_tail) complete_writes(m, m->now);
        while (m->kswapd_awake && m->kswapd_clock < m->now) kswapd_step(m);
        while (m->worker_due && m->worker_due < m->now) worker_step(m);
        m->operations++;
    }
}

static void size_classes(M *m) {
    for (int c = CLASSES - 1; c >= 0; c--) {
        int size = 32 + 16 * c, best = 1, waste = PAGE % size;
        for (int pages = 1; pages <= CHAIN; pages++) {
            int left = pages * PAGE % size;
            if (left * best < waste * pages) { best = pages; waste = left; }
        }
        m->class_[c] = (Class){size, best, best * PAGE / size, c, 0};
        if (c < CLASSES - 1) {
            Class *above = m->class_ + m->class_[c + 1].merged;
            if (above->pages == best && above->objs == m->class_[c].objs) m->class_[c].merged = m->class_[c + 1].merged;
        }
    }
}

void twin_free(M *m) {
    free(m->pte); free(m->frame); free(m->slot); free(m->cluster_count); free(m->entry); free(m->zspage);
    free(m->object); free(m->bio); free(m);
}

M *twin_new(i64 pages, i64 frames, i64 slots, i64 pool_percent, i64 window, const i64 *lengths, i64 images) {
    M *m = calloc(1, sizeof *m);
    if (!m) return NULL;
    m->pages = pages; m->frames = frames; m->slots = slots; m->window_max = window; m->lengths = lengths;
    m->images = images; m->free_pages = frames; m->clusters = slots / CLUSTER + 1; m->ra_hits = 4;
    i64 kbytes = isqrt(frames * 64);
    if (kbytes < 128) kbytes = 128;
    m->wm_min = kbytes / 4;
    if (m->wm_min * 8 > frames) m->wm_min = frames / 16 ? frames / 16 : 1;
    i64 gap = m->wm_min / 4 > frames / 1000 ? m->wm_min / 4 : frames / 1000;
    if (gap < 1) gap = 1;
    m->wm_low = m->wm_min + gap; m->wm_high = m->wm_low + gap;
    m->pool_limit = frames * pool_percent / 100; m->pool_accept = m->pool_limit * 90 / 100;
    i64 bios = 1;
    while (bios < frames + 2) bios <<= 1;
    m->bio_mask = bios - 1;
    m->pte = calloc(pages, sizeof *m->pte);
    m->frame = calloc(frames + 2, sizeof *m->frame);
    m->slot = calloc(slots + 2, sizeof *m->slot);
    m->cluster_count = calloc(m->clusters + 1, sizeof *m->cluster_count);
    m->entry = calloc(pages + frames + 2, sizeof *m->entry);
    m->zspage = calloc(pages + frames + 2, sizeof *m->zspage);
    m->object = calloc(8 * (pages + frames) + 65536, sizeof *m->object);
    m->bio = calloc(bios, sizeof *m->bio);
    if (!m->pte || !m->frame || !m->slot || !m->cluster_count || !m->entry || !m->zspage || !m->object || !m->bio) {
        twin_free(m);
        return NULL;
    }
    size_classes(m);
    return m;
}

void twin_counters(const M *m, i64 *out) { memcpy(out, m->counters, sizeof m->counters); }

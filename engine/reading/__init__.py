"""Facts read out of an image for people: where things are, in what order, and what hangs together.

Nothing here writes, and nothing knows Qt. Processes are rows of table mm, counted from 1.
"""

from engine.reading.chain import Chain, Chosen, Place, chain, chains
from engine.reading.designs import Backend, entry_name, seam, slot_name
from engine.reading.entries import entries_of, frames_of, offset_of, swap_entry, type_of, words_of
from engine.reading.leaving import Leaving, Way, leaving
from engine.reading.lists import (
    active_list,
    inactive_list,
    inactive_tail,
    off_the_lists,
    requests,
    unevictable,
    zswap_lru,
)
from engine.reading.marks import (
    Marked,
    frame_states,
    name_entries,
    page_states,
    shmem_states,
    slot_states,
)
from engine.reading.neighbours import Neighbours, neighbours
from engine.reading.states import FrameState, PageState, SlotState

__all__ = [
    "Backend", "Chain", "Chosen", "FrameState", "Leaving", "Marked", "Neighbours", "PageState", "Place", "SlotState",
    "Way", "active_list", "chain", "chains", "entries_of", "entry_name", "frame_states", "frames_of",
    "inactive_list", "inactive_tail", "leaving", "name_entries", "neighbours", "off_the_lists", "offset_of",
    "page_states", "requests", "seam", "shmem_states", "slot_name", "slot_states", "swap_entry",
    "type_of", "unevictable", "words_of", "zswap_lru",
]  # fmt: skip

"""Lists are given in their order, and a broken one ends."""

from engine.mm import image as im
from engine.reading import active_list, inactive_list, inactive_tail, unevictable, zswap_lru
from engine.reading.lists import walk
from tests.engine.reading.built import SWAP_DESC, Built


def test_lru_lists_from_the_newest_to_the_next_to_go():
    built = Built(SWAP_DESC)
    frames = [built.frame((1, page)) for page in range(5)]
    hot = [built.frame((1, page), active=True) for page in range(5, 8)]
    assert inactive_list(built.view).tolist() == frames[::-1]
    assert active_list(built.view).tolist() == hot[::-1]
    assert inactive_list(built.view, 2).tolist() == frames[:2:-1]
    assert inactive_tail(built.view, 2).tolist() == [frames[1], frames[0]], "the very next one last"
    assert not len(unevictable(built.view))


def test_zswap_lru_from_the_cold_end():
    built = Built(SWAP_DESC)
    for page in range(4):
        built.swapped((1, page), to="zswap", length=1000 + page)
    assert zswap_lru(built.view).tolist() == [1, 2, 3, 4]
    assert zswap_lru(built.view, 2).tolist() == [1, 2]


def test_a_ring_does_not_hang():
    built = Built(SWAP_DESC, frames=6)
    first = built.frame((1, 0))
    built.put(im.PAGE_NEXT, first, first)
    assert len(walk(built.view, first, im.PAGE_NEXT)) == built.layout.rows["page"]

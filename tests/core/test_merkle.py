"""The Merkle tree over a ledger: known answers of RFC 6962's own test data, and what must hold of every tree."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.core.merkle import Tree, consistency, consistent, hash_of, included, inclusion, leaf_hash, path
from muniment.core.tiles import Frontier, Name, nodes, partial

# The eight leaves, and the roots of the trees over the first one to eight of them, that the reference implementation of Certificate
# Transparency tests itself with.
LEAVES = [
    bytes.fromhex(each)
    for each in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
SIZES = st.integers(1, 1200)


def tree(count: int) -> Tree:
    made = Tree()
    for number in range(count):
        made.add(str(number).encode())
    return made


def tiled(count: int) -> tuple[Frontier, dict[Name, bytes]]:
    """The frontier and all tiles of a tree."""
    frontier, tiles = Frontier(), dict[Name, bytes]()
    for number in range(count):
        tiles |= dict(frontier.add(leaf_hash(str(number).encode())))
    return frontier, tiles | frontier.tiles()


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert Tree().root() == Frontier().root() == sha256(b"").digest()


@pytest.mark.parametrize("count", range(1, 9))
def test_roots_are_those_of_the_reference(count: int) -> None:
    made, frontier = Tree(), Frontier()
    for leaf in LEAVES[:count]:
        made.add(leaf)
        assert not list(frontier.add(leaf_hash(leaf)))
    assert made.root().hex() == frontier.root().hex() == ROOTS[count - 1]


def test_proofs_are_those_of_the_example_in_the_rfc() -> None:
    """RFC 6962, 2.1.3: a tree of seven leaves, and what it was when it had three, four and six."""
    assert inclusion(0, 7) == [(1, 2), (2, 4), (4, 7)]  # b, h, l
    assert inclusion(3, 7) == [(2, 3), (0, 2), (4, 7)]  # c, g, l
    assert inclusion(4, 7) == [(5, 6), (6, 7), (0, 4)]  # f, j, k
    assert inclusion(6, 7) == [(4, 6), (0, 4)]  # i, k
    assert consistency(3, 7) == [(2, 3), (3, 4), (0, 2), (4, 7)]  # c, d, g, l
    assert consistency(4, 7) == [(4, 7)]  # l
    assert consistency(6, 7) == [(4, 6), (6, 7), (0, 4)]  # i, j, k


@settings(max_examples=60)
@given(SIZES, st.data())
def test_a_path_from_tiles_leads_to_the_root_and_no_other_leaf_or_root_does(size: int, data: st.DataObject) -> None:
    frontier, tiles = tiled(size)
    index = data.draw(st.integers(0, size - 1))
    leaves = [str(number).encode() for number in range(size)]
    steps = [hash_of(span, nodes(size, tiles.__getitem__)) for span in inclusion(index, size)]
    assert steps == path(leaves, index, size)
    leaf, root = leaf_hash(leaves[index]), frontier.root()
    assert included(leaf, index, size, steps, root)
    assert not included(leaf_hash(b"other"), index, size, steps, root)
    assert not included(leaf, index, size, steps, leaf_hash(b"other"))
    assert not included(leaf, index, size, [*steps, root], root)
    if size > 1:
        assert not included(leaf, (index + 1) % size, size, steps, root)
        assert not included(leaf, index, size, steps[:-1], root)


@settings(max_examples=60)
@given(SIZES, SIZES)
def test_a_tree_is_consistent_with_what_it_was_and_with_nothing_else(one: int, other: int) -> None:
    old, new = sorted((one, other))
    _, tiles = tiled(new)
    before, after = tree(old).root(), tree(new).root()
    steps = [hash_of(span, nodes(new, tiles.__getitem__)) for span in consistency(old, new)]
    assert consistent(old, new, before, after, steps)
    assert not consistent(old, new, leaf_hash(b"x"), after, steps)
    assert not consistent(old, new, before, leaf_hash(b"x"), steps)
    for place in range(len(steps)):
        assert not consistent(old, new, before, after, [*steps[:place], leaf_hash(b"x"), *steps[place + 1 :]])
    assert not consistent(old, new, before, after, [*steps, after])


@settings(max_examples=40)
@given(SIZES, st.integers(0, 600))
def test_a_frontier_goes_on_from_its_tiles_as_if_it_had_never_stopped(size: int, more: int) -> None:
    kept = Frontier(size, tiled(size)[1])
    for number in range(size, size + more):
        list(kept.add(leaf_hash(str(number).encode())))
    assert (kept.root(), kept.tiles()) == (tree(size + more).root(), tiled(size + more)[0].tiles())


def test_a_frontier_without_one_of_its_tiles_is_none() -> None:
    with pytest.raises(ValueError, match="missing or not whole"):
        Frontier(300, {})


@settings(max_examples=10)
@given(st.integers(65_000, 66_500))
def test_two_levels_of_tiles_give_the_same_root(size: int) -> None:
    frontier, tiles = tiled(size)
    assert frontier.root() == tree(size).root()
    assert Frontier(size, tiles).root() == frontier.root()


def test_tiles_lie_where_the_standard_puts_them() -> None:
    assert Name(0, 0).path == "0/000"
    assert Name(1, 1234067).path == "1/x001/x234/067"
    assert Name(0, 1000, 17).path == "0/x001/000.p/17"
    assert partial(70_000) == [Name(0, 273, 112), Name(1, 1, 17), Name(2, 0, 1)]

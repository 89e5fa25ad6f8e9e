"""The Merkle tree: the vectors of RFC 6962's reference implementation, and every proof up to 256 leaves."""

import hashlib

import pytest

from recourse.timeline.policy import (
    STORED_HEIGHT,
    Tree,
    consistency_proof,
    inclusion_proof,
    node_of_list,
    node_place,
    proves_consistency,
    proves_inclusion,
    tree_root,
)

LEAVES = [
    bytes.fromhex(value)
    for value in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = [
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
CONSISTENCY = [
    (
        1,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
ALL = 256
VALUES = [hashlib.sha256(index.to_bytes(4, "big")).digest() for index in range(ALL)]


@pytest.mark.parametrize("size", range(9))
def test_the_roots_are_those_of_the_standard(size: int) -> None:
    tree = Tree()
    for leaf in LEAVES[:size]:
        tree.append(leaf)
    assert tree.root().hex() == tree_root(node_of_list(LEAVES), size).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size", "path"), INCLUSION)
def test_the_audit_paths_are_those_of_the_standard(index: int, size: int, path: list[str]) -> None:
    assert [step.hex() for step in inclusion_proof(node_of_list(LEAVES), index, size)] == path


@pytest.mark.parametrize(("old", "new", "path"), CONSISTENCY)
def test_the_consistency_proofs_are_those_of_the_standard(old: int, new: int, path: list[str]) -> None:
    assert [step.hex() for step in consistency_proof(node_of_list(LEAVES), old, new)] == path


def test_every_leaf_of_every_tree_up_to_256_is_proved_and_no_other_value_is() -> None:
    node, wrong = node_of_list(VALUES), b"\xff" * 32
    for size in range(1, ALL + 1):
        root = tree_root(node, size)
        for index in range(size):
            path = inclusion_proof(node, index, size)
            assert proves_inclusion(VALUES[index], index, size, path, root)
            assert not proves_inclusion(wrong, index, size, path, root)
            assert not proves_inclusion(VALUES[index], index, size, [*path, wrong], root)


def test_every_pair_of_trees_up_to_256_is_proved_consistent_and_no_false_root_is() -> None:
    node, wrong = node_of_list(VALUES), b"\xff" * 32
    roots = [tree_root(node, size) for size in range(ALL + 1)]
    for new in range(1, ALL + 1):
        for old in range(1, new + 1):
            path = consistency_proof(node, old, new)
            assert proves_consistency(old, roots[old], new, roots[new], path)
            assert not proves_consistency(old, wrong, new, roots[new], path)
            assert not proves_consistency(old, roots[old], new, wrong, path)


def test_a_proof_cut_short_or_turned_proves_nothing() -> None:
    node = node_of_list(VALUES)
    root = tree_root(node, 200)
    for index in range(200):
        path = inclusion_proof(node, index, 200)
        assert not proves_inclusion(VALUES[index], index, 200, path[:-1], root)
        assert not proves_inclusion(VALUES[index], index + 1, 200, path, root)
        assert not proves_inclusion(VALUES[index], index, 200, path[::-1], root)
        assert not proves_inclusion(VALUES[index], -1, 200, path, root)


def test_a_tree_grown_from_its_subtrees_goes_on_as_if_it_had_read_every_leaf() -> None:
    values = [hashlib.sha256(index.to_bytes(4, "big")).digest() for index in range(3_000)]
    node = node_of_list(values)
    for size in (0, 1, 255, 256, 257, 511, 1024, 2047, 2999):
        tree = Tree.grown(size, node)
        for value in values[size:]:
            tree.append(value)
        assert tree.root() == tree_root(node, 3_000)


def test_the_tree_tells_of_each_complete_subtree_once_with_its_true_hash() -> None:
    values = [hashlib.sha256(index.to_bytes(4, "big")).digest() for index in range(2_100)]
    node, told = node_of_list(values), {}
    tree = Tree(lambda height, index, hashed: told.update({node_place(height, index): (height, index, hashed)}))
    for value in values:
        tree.append(value)
    expected = [(h, i) for h in range(STORED_HEIGHT, 12) for i in range(2_100 >> h)]
    assert sorted(told) == sorted(node_place(h, i) for h, i in expected)
    assert all(hashed == node(height, index) for height, index, hashed in told.values())

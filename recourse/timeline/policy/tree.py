"""The Merkle tree of RFC 6962 §2.1 over all entries: leaves 0x00 ‖ hash, nodes 0x01 ‖ left ‖ right.

A complete subtree of 2^h leaves is named (h, i): it covers the leaves i·2^h up to (i+1)·2^h. Every function over a tree
asks `node(h, i)` for such hashes, so that a proof costs O(log n) look-ups wherever the tree is kept.
"""

import hashlib
from collections.abc import Callable, Sequence
from functools import partial

Node = Callable[[int, int], bytes]
STORED_HEIGHT = 8
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(value: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\x00" + value).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def node_place(height: int, index: int) -> int:
    """Return one number for a subtree, as the key of its row."""
    return height << 48 | index


class Tree:
    """A tree that only grows: keeps the roots of its full subtrees, O(log n) bytes.

    `on_subtree(height, index, hash)` is told of every complete subtree of height 8 or more.
    """

    def __init__(self, on_subtree: Callable[[int, int, bytes], None] | None = None) -> None:
        self.size = 0
        self._peaks: list[tuple[int, bytes]] = []
        self._on_subtree = on_subtree

    @classmethod
    def grown(cls, size: int, node: Node, on_subtree: Callable[[int, int, bytes], None] | None = None) -> "Tree":
        """Return the tree of `size` leaves from its subtrees, without reading the leaves below them."""
        tree = cls(on_subtree)
        start = 0
        for height in reversed(range(size.bit_length())):
            if size >> height & 1:
                tree._peaks.append((height, node(height, start >> height)))
                start += 1 << height
        tree.size = size
        return tree

    def append(self, value: bytes) -> None:
        """Add one leaf."""
        height, node = 0, leaf_hash(value)
        while self._peaks and self._peaks[-1][0] == height:
            node = node_hash(self._peaks.pop()[1], node)
            height += 1
            if height >= STORED_HEIGHT and self._on_subtree:
                self._on_subtree(height, self.size >> height, node)
        self._peaks.append((height, node))
        self.size += 1

    def root(self) -> bytes:
        """Return the tree head: SHA-256 of nothing for the empty tree."""
        if not self._peaks:
            return EMPTY_ROOT
        node = self._peaks[-1][1]
        for _height, peak in reversed(self._peaks[:-1]):
            node = node_hash(peak, node)
        return node


def node_of_list(values: Sequence[bytes]) -> Node:
    """Return the `node` of a tree whose leaves are all in memory."""
    kept: dict[tuple[int, int], bytes] = {}

    def node(height: int, index: int) -> bytes:
        if (height, index) not in kept:
            kept[height, index] = (
                node_hash(node(height - 1, 2 * index), node(height - 1, 2 * index + 1))
                if height
                else leaf_hash(values[index])
            )
        return kept[height, index]

    return node


def tree_root(node: Node, size: int) -> bytes:
    """Return the head of the tree of the first `size` leaves."""
    return _span(node, 0, size) if size else EMPTY_ROOT


def inclusion_proof(node: Node, index: int, size: int) -> list[bytes]:
    """Return the audit path of leaf `index` in the tree of `size` leaves (RFC 6962 §2.1.1), from the leaf upward."""
    path, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(partial(_span, node, middle, end))
            end = middle
        else:
            path.append(partial(_span, node, start, middle))
            start = middle
    return [hashed() for hashed in reversed(path)]


def consistency_proof(node: Node, old: int, new: int) -> list[bytes]:
    """Return the proof that the tree of `old` leaves is the beginning of that of `new` (RFC 6962 §2.1.2)."""
    if not 0 < old < new:
        return []
    path, start, end, is_whole = [], 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_span(node, middle, end))
            end = middle
        else:
            path.append(_span(node, start, middle))
            start, is_whole = middle, False
    if not is_whole:
        path.append(_span(node, start, end))
    return path[::-1]


def proves_inclusion(value: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Tell whether `path` leads from leaf `index` of a tree of `size` leaves to `root` (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    fn, sn, node = index, size - 1, leaf_hash(value)
    for step in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            node = node_hash(step, node)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            node = node_hash(node, step)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and node == root


def proves_consistency(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Tell whether `path` shows that the tree of `old` leaves grew into that of `new` (RFC 9162 §2.1.4.2)."""
    if old == new:
        return not path and old_root == new_root
    if not 0 < old < new or not path:
        return False
    steps = list(path) if old & (old - 1) else [old_root, *path]
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            first, second = node_hash(step, first), node_hash(step, second)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            second = node_hash(second, step)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and first == old_root and second == new_root


def nodes_needed(index: int, size: int) -> list[tuple[int, int]]:
    """Return the complete subtrees that an inclusion proof will ask for, to be fetched at once."""
    wanted: list[tuple[int, int]] = []

    def node(height: int, place: int) -> bytes:
        wanted.append((height, place))
        return b""

    inclusion_proof(node, index, size)
    return wanted


def _span(node: Node, start: int, end: int) -> bytes:
    """Return the head of the leaves from `start` up to `end`, where `start` is a place at which a subtree may begin."""
    size = end - start
    if size & (size - 1) == 0:
        height = size.bit_length() - 1
        return node(height, start >> height)
    middle = start + _split(size)
    return node_hash(_span(node, start, middle), _span(node, middle, end))


def _split(size: int) -> int:
    """Return the largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1

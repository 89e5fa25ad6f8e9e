#!/usr/bin/env python3
"""Checks an export of a Recourse record (`recourse export record --out record.jsonl`) without Recourse.

    python3 verify_record.py record.jsonl [--key HEX] [--checkpoint FILE ...]

Needs Python 3.11 and nothing else. It reads every line once and recomputes, from the exported fields alone: the hash
chain of each thread, each private note that came along, the tree of RFC 6962 over all entries, and the signature of
every checkpoint. A checkpoint that you kept yourself shows what no later rewriting of the whole record can hide: that
the first N entries are still the N that were signed. Ends with 0 where all is well, with 1 otherwise.
"""

import argparse
import hashlib
import json
import sys

FIELDS = [
    "thread", "number", "event", "version", "payload", "actor_kind", "actor_id", "on_behalf_of", "at", "recorded_at",
    "edition", "audience", "note_hash",
]  # fmt: skip


def canonical(value):
    """The one JSON text of a value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def sha(data):
    """SHA-256."""
    return hashlib.sha256(data).digest()


class Tree:
    """The Merkle tree of RFC 6962: leaves 0x00 || value, nodes 0x01 || left || right."""

    def __init__(self):
        self.size, self.peaks = 0, []

    def append(self, value):
        height, node = 0, sha(b"\x00" + value)
        while self.peaks and self.peaks[-1][0] == height:
            node = sha(b"\x01" + self.peaks.pop()[1] + node)
            height += 1
        self.peaks.append((height, node))
        self.size += 1

    def root(self):
        if not self.peaks:
            return sha(b"")
        node = self.peaks[-1][1]
        for _, peak in reversed(self.peaks[:-1]):
            node = sha(b"\x01" + peak + node)
        return node


# Ed25519, RFC 8032 section 5.1: verification alone, by the formulas of the text. Slow (milliseconds), short, no import.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def add(a, b):
    """The sum of two points in extended coordinates."""
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    w, x, y, z = f - e, h - g, h + g, f + e
    return w * x % P, y * z % P, x * y % P, w * z % P


def times(number, point):
    """A multiple of a point."""
    total = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = add(total, point)
        point, number = add(point, point), number >> 1
    return total


def point_of(raw):
    """The point that 32 bytes name, or None."""
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def is_signed(key, message, signature):
    """Whether the signature of a message is by the holder of a public key; all bytes."""
    if len(key) != 32 or len(signature) != 64:
        return False
    a, r, s = point_of(key), point_of(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    one, other = times(s, BASE), add(r, times(h, a))
    return (one[0] * other[2] - other[0] * one[2]) % P == 0 and (one[1] * other[2] - other[1] * one[2]) % P == 0


class Check:
    """Takes the lines of an export in their order."""

    def __init__(self, wanted):
        self.kinds, self.heads, self.tree, self.faults, self.entries = {}, {}, Tree(), [], 0
        self.wanted, self.roots, self.open_since = wanted, {}, None

    def take(self, line):
        kind = line.get("is")
        if kind == "thread":
            self.kinds[line["thread"]] = line["kind"]
        elif kind == "entry":
            self.entry(line)

    def entry(self, line):
        self.entries += 1
        place, thread = f"entry {line['position']}", line["thread"]
        number, before = self.heads.get(thread, (0, None))
        if before is None:
            before = sha(b"\x02" + canonical([thread, self.kinds.get(thread, "")]))
        if line["number"] != number + 1:
            self.faults.append(f"{place}: number {line['number']} follows {number} in thread {thread}")
        hashed = sha(before + canonical([line[name] for name in FIELDS]))
        if hashed.hex() != line["hash"] and line["number"] == number + 1:
            self.faults.append(f"{place}: the entry is not what its hash says")
        self.heads[thread] = (line["number"], bytes.fromhex(line["hash"]))
        if "salt" in line and sha(bytes.fromhex(line["salt"]) + line["note"].encode()).hex() != line["note_hash"]:
            self.faults.append(f"{place}: the note is not what its hash says")
        if line["leaf"] is None:
            self.open_since = self.open_since or place
            return
        if self.open_since:
            self.faults.append(f"{self.open_since}: not sealed, although a later entry is")
            self.open_since = None
        if line["leaf"] != self.tree.size:
            self.faults.append(f"{place}: leaf {line['leaf']} stands where leaf {self.tree.size} belongs")
        self.tree.append(bytes.fromhex(line["hash"]))
        if self.tree.size in self.wanted:
            self.roots[self.tree.size] = self.tree.root().hex()

    def hold(self, checkpoint, key, source):
        """Hold the record to one checkpoint."""
        size, root = checkpoint["size"], checkpoint["root"]
        statement = canonical({"at": checkpoint["at"], "root": root, "size": size})
        if key and not is_signed(key, statement, bytes.fromhex(checkpoint["signature"])):
            self.faults.append(f"{source}: not signed by the key")
        if size > self.tree.size:
            self.faults.append(f"{source}: saw {size} entries, only {self.tree.size} are left")
        elif self.roots.get(size) != root:
            self.faults.append(f"{source}: the first {size} entries are not those that were signed")


def lines_of(path):
    """The lines of an export."""
    with open(path, encoding="utf8") as source:
        for text in source:
            yield json.loads(text)


def main():
    """Check, say what was found, end with 0 or 1."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("export")
    parser.add_argument("--key", default="", help="the public key, 64 hex digits")
    parser.add_argument("--checkpoint", action="append", default=[], help="a checkpoint file that you kept")
    given = parser.parse_args()
    key = bytes.fromhex(given.key)
    held = [
        (fields, key or bytes.fromhex(fields["key"]), path) for path in given.checkpoint for fields in lines_of(path)
    ]
    told = [line for line in lines_of(given.export) if line.get("is") == "checkpoint"]
    held += [(fields, key, f"checkpoint {fields['size']}") for fields in told]
    check = Check({fields["size"] for fields, _, _ in held})
    for line in lines_of(given.export):
        check.take(line)
    for fields, signer, source in held:
        check.hold(fields, signer, source)
    for said in check.faults:
        print(said)
    print(
        f"{check.entries} entries, {check.tree.size} sealed, {len(held)} checkpoints: "
        + (f"{len(check.faults)} faults." if check.faults else "the record is whole.")
    )
    sys.exit(1 if check.faults else 0)


if __name__ == "__main__":
    main()

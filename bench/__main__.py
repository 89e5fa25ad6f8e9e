"""`make bench`: runs every bench in its short form, one after another; `BENCH=full` runs the whole of each."""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
NOT_BENCHES = {"__init__", "__main__", "frame", "ready", "soak_money", "world"}


def main() -> int:
    """Run each module of this folder and return 0 when all of them worked."""
    arguments = ["--full"] if os.environ.get("BENCH") == "full" else []
    names = sorted(path.stem for path in HERE.glob("*.py") if path.stem not in NOT_BENCHES)
    failed = []
    for name in names:
        sys.stdout.write(f"== {name}\n")
        sys.stdout.flush()
        if subprocess.run([sys.executable, "-m", f"bench.{name}", *arguments], check=False).returncode:
            failed.append(name)
    if failed:
        sys.stderr.write(f"These benches did not work: {', '.join(failed)}\n")
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())

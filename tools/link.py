"""Puts this checkout and its `recourse` command into the environment, without asking any registry."""

import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Write the path file and the command."""
    Path(sysconfig.get_paths()["purelib"], "recourse.pth").write_text(f"{ROOT}\n")
    command = Path(sysconfig.get_path("scripts"), "recourse")
    command.write_text(f"#!{sys.executable}\nfrom recourse.__main__ import main\n\nmain()\n")
    command.chmod(0o755)


if __name__ == "__main__":
    main()

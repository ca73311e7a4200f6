"""kiln-storage prepare | watch | grow | status"""

from __future__ import annotations

import sys
from importlib import import_module

from . import machine, settings

COMMANDS = ("prepare", "watch", "grow", "status")


def main(words: list[str]) -> int:
    """Exit code 1 with a line on stderr for what went wrong, 2 for a command that is none."""
    if len(words) != 1 or words[0] not in COMMANDS:
        machine.log(f"usage: kiln-storage {' | '.join(COMMANDS)}")
        return 2
    try:
        return int(import_module("." + words[0], __package__).main(settings.load()))
    except machine.Failed as error:
        machine.log(str(error))
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The agent's log file, a line for what happened."""

from __future__ import annotations

import os
import sys
import time


def say(level: str, message: str, **fields: object) -> None:
    """Append a line to $ECS_LOGFILE, else to standard error."""
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    more = "".join(f" {name}={_quote(str(value))}" for name, value in fields.items())
    line = f"level={level} time={stamp} msg={_quote(message)}{more}\n"
    path = os.environ.get("ECS_LOGFILE")
    try:
        if path:
            with open(path, "a", encoding="utf-8") as file:
                file.write(line)
            return
    except OSError:
        pass
    sys.stderr.write(line)


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"' if not text or any(mark in text for mark in ' "\n=') else text

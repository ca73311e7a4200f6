"""Bash as a syntax tree, by shfmt: the parser of mvdan.cc/sh, which knows quoting, here-documents and substitutions.

The tree is shfmt's own JSON (`shfmt --to-json`): nested dicts with `Type`, `Pos` and the node's parts.
"""

import functools
import json
import re
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

Node = dict[str, Any]

_SHELLS = re.compile(r"#!\s*(\S*/)?(env\s+(-\S+\s+)*)?(\S*/)?(ba|da|a|k)?sh(\s|$)")
_LINE = re.compile(r"(?:<standard input>:)?(\d+):\d+: (.*)")


class Unreadable(Exception):
    """A text that is no shell: the line (from 1) and the parser's word for it. `by_bash`: bash refuses it too."""

    def __init__(self, line: int, why: str, *, by_bash: bool) -> None:
        super().__init__(why)
        self.line, self.why, self.by_bash = line, why, by_bash


def is_shell(text: str) -> bool:
    """Whether a script is shell, by its first line; one without #! is taken for it."""
    first = text.lstrip("\n").split("\n", 1)[0]
    if first.startswith("#cloud-boothook"):
        return is_shell(text.lstrip("\n").partition("\n")[2])
    return not first.startswith("#!") or bool(_SHELLS.match(first.rstrip("\r")))


@functools.lru_cache(maxsize=256)
def parse(text: str) -> Node:
    """The tree of a script; raises Unreadable."""
    done = _run([_shfmt(), "-ln=bash", "--to-json"], text)
    if done.returncode == 0:
        tree: Node = json.loads(done.stdout)
        return tree
    told = _LINE.match(done.stderr.splitlines()[0] if done.stderr else "")
    line, why = (int(told[1]), told[2]) if told else (1, done.stderr.strip() or "it cannot be parsed")
    raise Unreadable(line, why, by_bash=_bash_refuses(text))


def line_of(node: Node) -> int:
    """The line on which a node begins, from 1."""
    return int(node.get("Pos", {}).get("Line", 1))


def _bash_refuses(text: str) -> bool:
    """shfmt is stricter than bash in a few places; where there is no bash to ask, it is believed."""
    bash = shutil.which("bash")
    return bash is None or _run([bash, "--norc", "-n"], text).returncode != 0


def _run(command: list[str], text: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False, timeout=60)


@functools.cache
def _shfmt() -> str:
    """The program that the package shfmt-py brings, beside the Python that runs Kiln."""
    beside = Path(sysconfig.get_path("scripts")) / "shfmt"
    return str(beside) if beside.exists() else shutil.which("shfmt") or str(beside)

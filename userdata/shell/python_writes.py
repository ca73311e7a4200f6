"""The files that a Python program writes: open(FILE, "w"), Path(FILE).write_text(…), shutil.copy and their like (pure).

Which text goes into which of them is not followed: all that the program writes, or puts into a mapping, is taken for
the text of each.
"""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from userdata.shell.words import UNKNOWN

_FILE = re.compile(r"/[\w./-]+")
_WRITERS = re.compile(r"(.+\.)?(write|writelines|write_text|write_bytes|dump)|print")
_FILLERS = re.compile(r".+\.(update|setdefault|append|extend|insert)")
_COPIES = re.compile(r"(shutil\.)?(copy|copy2|copyfile|move)|os\.(rename|replace)")
_REMOVES = re.compile(r"os\.(remove|unlink)|shutil\.rmtree|.+\.unlink")

Texts = Callable[[ast.AST], list[str]]


@dataclass(frozen=True)
class Written:
    """One file: `how` is append, replace, edit or remove; `line` is the program's own."""

    path: str
    how: str
    text: str
    line: int


def list_writes(tree: ast.AST, texts: Texts) -> Iterator[Written]:
    """The files that a program writes or removes; `texts` tells the texts of an expression."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    read = {path for call in calls if _reads(call, texts) for path in _paths(call, texts)}
    text = _text(tree, calls, texts)
    for call in calls:
        name = ast.unparse(call.func)
        if name == "open" or name.endswith(".open"):
            mode = _mode(call, texts)
            how = "append" if "a" in mode else "edit" if "+" in mode else "replace" if set(mode) & {"w", "x"} else ""
        elif name.endswith((".write_text", ".write_bytes")):
            how = "replace"
        else:
            how = "remove" if _REMOVES.fullmatch(name) else "replace" if _COPIES.fullmatch(name) else ""
        paths = _paths(call.args[-1] if _COPIES.fullmatch(name) and call.args else call, texts)
        for path in paths[:1] if how else ():
            how = "edit" if how == "replace" and path in read else how
            yield Written(path, how, "" if how == "remove" else text, call.lineno)


def _mode(call: ast.Call, texts: Texts) -> str:
    place = 1 if isinstance(call.func, ast.Name) else 0
    given = [word.value for word in call.keywords if word.arg == "mode"] or call.args[place : place + 1]
    return "".join(texts(given[0])) if given else "r"


def _reads(call: ast.Call, texts: Texts) -> bool:
    name = ast.unparse(call.func)
    opened = name == "open" or name.endswith(".open")
    return name.endswith((".read_text", ".read_bytes")) or (opened and not set(_mode(call, texts)) & {"w", "a", "x"})


def _paths(node: ast.AST, texts: Texts) -> list[str]:
    return [text for text in texts(node) if _FILE.fullmatch(text)]


def _text(tree: ast.AST, calls: list[ast.Call], texts: Texts) -> str:
    """All that is written: one plain text as it is, others one a line, with a sign that more may be between them."""
    given = [
        text
        for call in calls
        if _WRITERS.fullmatch(name := ast.unparse(call.func)) or _FILLERS.fullmatch(name)
        for argument in call.args
        for text in texts(argument)
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            given += [*texts(node.targets[0].slice), *texts(node.value)]
    return given[0] if len(given) == 1 and len(calls) < 4 else "\n".join([*given, UNKNOWN])

"""Whether a loop ends by itself: by a counter, by the clock, or by the end of a list."""

from collections.abc import Iterable, Iterator
from typing import Any

from userdata.shell.commands import Loop
from userdata.shell.syntax import Node, line_of

_COMPARISONS = {"-lt", "-le", "-gt", "-ge", "-ne", "-eq"}
_CLOCKS = {"SECONDS", "EPOCHSECONDS"}
_LEAVES = {"break", "exit", "return"}
_PAUSES = {"sleep", "usleep", "read", "timeout", "wait"}
_COUNTING = {"++", "--", "=", "+=", "-="}


def loop_of(clause: Node, functions: Iterable[str]) -> Loop | None:
    """A `while`, `until` or C-style `for` that ends by no count; None for one that does, and for lists."""
    body = clause.get("Do", [])
    if clause["Type"] == "ForClause":
        head = clause["Loop"]
        if _is_endless_list(head):
            return Loop(line_of(clause), endless=not _may_leave(body, functions))
        if head["Type"] != "CStyleLoop" or head.get("Cond") or _leaves_by_count(body, _counted(clause)):
            return None
        return Loop(line_of(clause), endless=not _may_leave(body, functions))
    condition, until = clause.get("Cond", []), bool(clause.get("Until"))
    counted = _counted(clause)
    if _ends(condition[-1:], until, counted) or _leaves_by_count(body, counted):
        return None
    names = {_verb(node) for node in nodes(condition)}
    endless = _is_constant(condition, until) and not _may_leave(body, functions)
    return Loop(line_of(clause), endless=endless, reads=bool({"read", "getopts"} & names))


def is_only_a_list(clause: Node) -> bool:
    """Whether a loop goes through its list without a pause and to the end: it waits for nothing."""
    if clause["Type"] != "ForClause" or clause["Loop"]["Type"] == "CStyleLoop":
        return False
    return not any(_verb(node) in _LEAVES | _PAUSES for node in nodes(clause.get("Do", [])))


def recursion_of(name: str, body: Node) -> Loop | None:
    """A function that calls itself, as a loop that ends by no count; None for any other."""
    again = any(_verb(node) == name for node in nodes(body))
    if not again or any(_compares(node, _counted(body)) for node in nodes(body)):
        return None
    return Loop(line_of(body))


def nodes(tree: Any) -> Iterator[Node]:
    """Every node of a tree, from the outside in."""
    if isinstance(tree, dict):
        yield tree
        for value in tree.values():
            yield from nodes(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from nodes(value)


def _is_endless_list(head: Node) -> bool:
    """for n in $(seq inf), for x in $(yes)."""
    return any(
        _verb(node) == "yes" or (_verb(node) == "seq" and {"inf", "infinity"} & _literals(node["Args"]))
        for node in nodes(head.get("Items", []))
    )


def _verb(node: Node) -> str:
    """The literal name of a simple command, else ""."""
    if node.get("Type") != "CallExpr" or not node.get("Args"):
        return ""
    return "".join(part.get("Value", "") for part in node["Args"][0].get("Parts", ()) if part["Type"] == "Lit")


def _counted(tree: Node) -> set[str]:
    """Variables that are counted in a loop, or take the time: i=$((i + 1)), ((i++)), let i+=1, now=$(date +%s)."""
    names = set()
    for node in nodes(tree):
        if node.get("Type") in {"UnaryArithm", "BinaryArithm"} and node.get("Op") in _COUNTING:
            names |= _literals(node.get("X"))
        if "Name" in node and isinstance(node.get("Value"), dict):
            inner = list(nodes(node["Value"]))
            if any(
                part.get("Type") == "ArithmExp" or _verb(part) in {"expr", "bc", "seq", "date"} for part in inner
            ) or node.get("Append"):
                names.add(node["Name"].get("Value", ""))
    return names


def _literals(tree: Any) -> set[str]:
    return {node["Value"].lstrip("$") for node in nodes(tree) if isinstance(node.get("Value"), str)}


def _compares(node: Node, counted: set[str]) -> bool:
    """Whether a command holds a counter, or the clock, against something."""
    kind = node.get("Type")
    inner = list(nodes(node))
    if kind == "CallExpr":
        fits = _verb(node) in {"[", "test"} and bool(_COMPARISONS & _literals(node.get("Args")))
    elif kind == "TestClause":
        fits = any(part.get("Op") in _COMPARISONS for part in inner)
    else:
        fits = kind in {"ArithmCmd", "LetClause"}
    asked = {_verb(part) for part in inner if part.get("Type") == "CallExpr"} - {"[", "test", ""}
    used = _literals(node)
    return fits and asked <= {"date"} and bool(asked or used & (counted | _CLOCKS))


def _ends(stmts: list[Node], until: bool, counted: set[str]) -> bool:
    """Whether a condition ends its loop by a count: in `while A && B` one of them does, in `A || B` both must."""
    if not stmts:
        return False
    stmt = stmts[-1]
    command, until = stmt.get("Cmd", {}), until != bool(stmt.get("Negated"))
    if command.get("Type") == "BinaryCmd" and command["Op"] in {"&&", "||"}:
        sides = [_ends([command[side]], until, counted) for side in ("X", "Y")]
        return any(sides) if (command["Op"] == "&&") != until else all(sides)
    if command.get("Type") in {"Block", "Subshell"}:
        return _ends(command.get("Stmts", [])[-1:], until, counted)
    return _compares(command, counted)


def _leaves_by_count(body: list[Node], counted: set[str]) -> bool:
    if any(_leaves(stmt.get("Cmd")) for stmt in body if stmt.get("Cmd", {}).get("Type") == "CallExpr"):
        return True
    for node in nodes(body):
        if node.get("Type") == "IfClause":
            asked, then = node.get("Cond"), [node.get("Then"), node.get("Else")]
        elif node.get("Type") == "BinaryCmd" and node.get("Op") in {"&&", "||"}:
            asked, then = [node["X"]], [node["Y"]]
        else:
            continue
        if any(_compares(part, counted) for part in nodes(asked)) and _leaves(then):
            return True
    return False


def _leaves(tree: Any) -> bool:
    return any(_verb(node) in _LEAVES for node in nodes(tree))


def _may_leave(body: list[Node], functions: Iterable[str]) -> bool:
    """Whether something in a loop ends it: a function of the script's own may."""
    ways = _LEAVES | set(functions) | {"exec", "kill", "shutdown", "poweroff", "reboot", "halt"}
    return any(_verb(node) in ways for node in nodes(body))


def _is_constant(condition: list[Node], until: bool) -> bool:
    """`while true`, `while :`, `while [ 1 ]`, `while ((1))`, `until false`."""
    command = condition[-1].get("Cmd", {}) if condition else {}
    if until:
        return _verb(command) == "false"
    if command.get("Type") in {"ArithmCmd", "TestClause"}:
        return _literals(command) == {"1"}
    return _verb(command) in {"true", ":"} or (_verb(command) == "[" and _literals(command["Args"]) == {"[", "1", "]"})

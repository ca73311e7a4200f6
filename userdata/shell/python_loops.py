"""Whether a loop of Python ends by itself: by a counter, by the clock, or by the end of what it goes through (pure)."""

import ast
from collections.abc import Iterator

from userdata.shell.commands import Loop

_CLOCKS = ("time.time", "time.monotonic", "time.perf_counter", "monotonic", "datetime.now", "datetime.utcnow")
_ENDLESS = ("itertools.count", "count", "itertools.cycle", "cycle", "itertools.repeat", "iter")
_ENDS = ("sys.exit", "exit", "quit", "os._exit", "os.abort")


def loop_of(node: ast.While | ast.For | ast.AsyncFor) -> Loop | None:
    """A loop that ends by no count; None for one that does."""
    if not isinstance(node, ast.While):
        endless = isinstance(node.iter, ast.Call) and ast.unparse(node.iter.func) in _ENDLESS
        if not endless or _leaves_by_count(node, _counted(node) | _names(node.target)):
            return None
        return Loop(node.lineno, endless=not _may_leave(node))
    counted = _counted(node)
    if _compares(node.test, counted) or _leaves_by_count(node, counted):
        return None
    constant = isinstance(node.test, ast.Constant) and bool(node.test.value)
    return Loop(node.lineno, endless=constant and not _may_leave(node))


def is_only_a_list(node: ast.While | ast.For | ast.AsyncFor) -> bool:
    """Whether a loop goes through its list without a pause and to the end: it waits for nothing."""
    pauses = (isinstance(part, ast.Call) and ast.unparse(part.func).endswith("sleep") for part in _inside(node))
    return not isinstance(node, ast.While) and not _may_leave(node) and not any(pauses)


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """All below a node, functions apart."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from _inside(child)


def _counted(node: ast.AST) -> set[str]:
    """Names that are counted in a loop: n += 1, n = n + 1."""
    counted: set[str] = set()
    for part in _inside(node):
        if isinstance(part, ast.AugAssign):
            counted |= _names(part.target)
        elif isinstance(part, ast.Assign) and isinstance(part.value, ast.BinOp):
            counted |= {name for target in part.targets for name in _names(target)} & _names(part.value)
    return counted


def _names(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _compares(node: ast.AST, counted: set[str]) -> bool:
    """Whether a condition holds a counter or the clock against something; of `A or B`, both must."""
    if isinstance(node, ast.BoolOp):
        answers = [_compares(value, counted) for value in node.values]
        return any(answers) if isinstance(node.op, ast.And) else all(answers)
    if isinstance(node, ast.UnaryOp):
        return _compares(node.operand, counted)
    if isinstance(node, ast.Name):  # while retries:
        return node.id in counted
    calls = {ast.unparse(part.func) for part in ast.walk(node) if isinstance(part, ast.Call)}
    return isinstance(node, ast.Compare) and bool(_names(node) & counted or calls & set(_CLOCKS))


def _leaves_by_count(node: ast.AST, counted: set[str]) -> bool:
    return any(
        isinstance(part, ast.If) and _compares(part.test, counted) and _may_leave(part) for part in _inside(node)
    )


def _may_leave(node: ast.AST) -> bool:
    return any(
        isinstance(part, ast.Break | ast.Return | ast.Raise)
        or (isinstance(part, ast.Call) and ast.unparse(part.func) in _ENDS)
        for part in _inside(node)
    )

"""A key of a YAML file is given another value, and all else stays as it stands: comments, order, quotes (pure)."""

from collections import Counter
from collections.abc import Iterator, Sequence

import yaml

from kiln.errors import UserError


def set_key(text: str, path: Sequence[str], value: str, comment: str = "") -> str:
    """Set the last key of the path to a value, written as YAML, on a line of its own or in place of what stands there.

    The comment behind a value goes with it, and `comment` comes instead. Raises UserError where the mapping that should
    hold the key is not there, or stands in another place of the file (an alias).
    """
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    reached = Counter(id(part) for part in _walk(node))
    whole = node
    for key in path[:-1]:
        node = _find(node, key)
        if node is None:
            break
    if not isinstance(node, yaml.MappingNode):
        raise UserError(
            f"{'.'.join(path[:-1])} cannot be edited", "the definition has no mapping of that name", "Edit it by hand."
        )
    if any(reached[id(part)] > 1 for part in _list_edited(whole, path)):
        raise UserError(
            f"{'.'.join(path)} cannot be edited",
            "another place of the definition has the same by an alias (*NAME), and would change too",
            "Write it out at both places, or edit it by hand.",
        )
    for key_node, value_node in node.value:
        if key_node.value == path[-1]:
            return _replace(text, key_node, value_node, value, comment)
    return _insert(text, node, f"{path[-1]}: {value}", comment)


def _walk(node: yaml.Node | None) -> Iterator[yaml.Node]:
    """Walk over a node and all in it; what an alias stands for as often as it is named."""
    if node is None:
        return
    yield node
    for part in node.value if isinstance(node, yaml.CollectionNode) else ():
        for inner in part if isinstance(part, tuple) else (part,):
            yield from _walk(inner)


def _list_edited(node: yaml.Node | None, path: Sequence[str]) -> list[yaml.Node]:
    """List the nodes on the way to a value, and those in it."""
    way = []
    for key in path:
        node = _find(node, key)
        way += [node] if node else []
    return [*way, *_walk(node)]


def _find(node: yaml.Node | None, key: str) -> yaml.Node | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((value for name, value in pairs if name.value == key), None)


def _replace(text: str, key: yaml.Node, node: yaml.Node, value: str, comment: str) -> str:
    begin, end = key.end_mark.index, _find_end(node)
    rest, newline, after = text[end:].partition("\n")
    if rest.lstrip().startswith("#") or not rest.strip():
        ending = "\r" if rest.endswith("\r") else ""
        rest = (f" # {comment}" if comment else "") + ending
    return f"{text[:begin]}: {value}{rest}{newline}{after}"


def _find_end(node: yaml.Node) -> int:
    """A block's own end lies behind the blank lines and comments that follow it: its last item's counts."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _find_end(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def _insert(text: str, node: yaml.MappingNode, line: str, comment: str) -> str:
    if not node.value:
        begin, end = node.start_mark.index, node.end_mark.index
        return f"{text[:begin]}{{{line}}}{text[end:]}"
    first = node.value[0][0].start_mark
    if node.flow_style:
        return f"{text[: first.index]}{line}, {text[first.index :]}"
    remark = f" # {comment}" if comment else ""
    return f"{text[: first.index]}{line}{remark}\n{' ' * first.column}{text[first.index :]}"

"""A key of a YAML file is given another value, and all else stays as it stands: comments, order, quotes (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from kiln.errors import UserError


@dataclass(frozen=True)
class Edit:
    """The last key of the path gets a value, written as YAML; the comment behind it goes, and `comment` comes."""

    path: Sequence[str]
    value: str
    comment: str = ""


def set_keys(text: str, edits: Sequence[Edit]) -> str:
    """Set keys, on lines of their own or in place of what stands there.

    Raises UserError where the mapping that should hold a key is not there, and where other places of the file would
    change with it, which have the same by an alias.
    """
    if _is_done(text, after := _set_all(text, edits), edits):
        return after
    guilty = next((edit for edit in edits if not _is_done(text, _set_all(text, [edit]), [edit])), edits[0])
    raise UserError(
        f"{'.'.join(guilty.path)} cannot be edited",
        "another place of the definition has the same by an alias (*NAME), and would change too",
        "Write it out at both places, or edit it by hand.",
    )


def set_key(text: str, path: Sequence[str], value: str, comment: str = "") -> str:
    """Set a single key."""
    return set_keys(text, [Edit(path, value, comment)])


def list_keys(text: str, key: str) -> list[str]:
    """List the keys of the mapping under a key, as they are written; none where there is none."""
    node = _find(yaml.compose(text, Loader=yaml.SafeLoader), key)
    return [name.value for name, _ in node.value] if isinstance(node, yaml.MappingNode) else []


def _set_all(text: str, edits: Sequence[Edit]) -> str:
    for edit in edits:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        for key in edit.path[:-1]:
            node = _find(node, key)
        if not isinstance(node, yaml.MappingNode):
            raise UserError(
                f"{'.'.join(edit.path[:-1])} cannot be edited", "the definition has no mapping of that name",
                "Edit it by hand.",
            )  # fmt: skip
        there = next(((name, value) for name, value in node.value if name.value == edit.path[-1]), None)
        line = f"{edit.path[-1]}: {edit.value}"
        text = _replace(text, *there, edit.value, edit.comment) if there else _insert(text, node, line, edit.comment)
    return text


def _is_done(before: str, after: str, edits: Sequence[Edit]) -> bool:
    """Check that what was to change has changed, and nothing else."""
    try:
        now = yaml.safe_load(after)
    except yaml.YAMLError:
        return False
    wanted = _copy(yaml.safe_load(before))
    for edit in edits:
        mapping = wanted
        for key in edit.path[:-1]:
            mapping = mapping[key]
        mapping[edit.path[-1]] = yaml.safe_load(edit.value)
    return bool(now == wanted)


def _copy(value: Any) -> Any:
    """Copy what several places share as often as it is named."""
    if isinstance(value, dict):
        return {key: _copy(own) for key, own in value.items()}
    return [_copy(own) for own in value] if isinstance(value, list) else value


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

"""YAML read strictly: duplicate keys refused, aliases and size bounded, and every value's line remembered."""

import difflib
from collections.abc import Hashable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from kiln.errors import Problem, UserError, shown_by

MAX_BYTES = 1024 * 1024
MAX_ALIASES = 50
MAX_DEPTH = 40

Lines = dict[tuple[str | int, ...], int]
M = TypeVar("M", bound=BaseModel)


class _Loader(yaml.SafeLoader):
    """SafeLoader that refuses a key written twice and bounds its aliases (a bomb expands a few lines to gigabytes)."""

    aliases = 0
    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            self.aliases += 1
            if self.aliases > MAX_ALIASES:
                raise yaml.YAMLError(f"more than {MAX_ALIASES} aliases")
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise yaml.YAMLError(f"nested more than {MAX_DEPTH} levels deep")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: dict[Any, int] = {}
        for key_node, _ in node.value:
            key, line = getattr(key_node, "value", None), key_node.start_mark.line + 1
            if isinstance(key, str) and key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key} stands twice, in lines {seen[key]} and {line}", key_node.start_mark
                )
            seen[str(key)] = line
        return super().construct_mapping(node, deep)


def load(path: Path, model: type[M]) -> M:
    """The definition at `path`, validated.

    Raises Problem with every fault at once (path in the file, line, hint), UserError when it cannot be read.
    """
    data, lines = read(path)
    return validate(data, model, str(path), lines)


def validate(data: Any, model: type[M], source: str, lines: Lines | None = None, reference: str = "") -> M:
    """`data` as a `model`; raises Problem naming `source`, and `reference` as what shows every key."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems = [_describe(dict(fault), lines or {}, data, model) for fault in error.errors(include_url=False)]
        raise Problem(source, list(dict.fromkeys(problems)), reference) from None


def read(path: Path, reference: str = "") -> tuple[Any, Lines]:
    """The plain data of a YAML file and the line of every value.

    Raises UserError, which names `reference` as what shows every key of such a file.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} cannot be read", error.strerror or str(error), "Give a path to a YAML file.") from None
    if len(raw) > MAX_BYTES:
        raise UserError(f"{path} is not a definition", f"it has {len(raw)} bytes; {MAX_BYTES} are allowed")
    try:
        loader = _Loader(raw.decode("utf-8"))
        node = loader.get_single_node()
        if node is None:
            raise UserError(f"{path} is empty", hint=shown_by(reference))
        lines: Lines = {}
        _note_lines(node, (), lines)
        return loader.construct_document(node), lines
    except (yaml.YAMLError, ValueError, RecursionError, TypeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        why = getattr(error, "problem", None) or str(error) or "nested too deeply"
        raise UserError(f"{where}: this is not YAML that Kiln reads", why) from None


def _note_lines(node: yaml.Node, at: tuple[str | int, ...], lines: Lines, seen: frozenset[int] = frozenset()) -> None:
    lines.setdefault(at, node.start_mark.line + 1)
    if id(node) in seen:
        raise yaml.YAMLError("an alias stands inside what it names")
    seen = seen | {id(node)}
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            lines[(*at, str(key.value))] = key.start_mark.line + 1
            _note_lines(value, (*at, str(key.value)), lines, seen)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _note_lines(value, (*at, index), lines, seen)


def _describe(fault: dict[str, Any], lines: Lines, data: Any, model: type[BaseModel]) -> str:
    """One line: `line 12, volumes.root.size: …`. Union tags that pydantic puts into a path are left out."""
    at = _real_path(fault["loc"], data)
    line = next((lines[at[:n]] for n in range(len(at), -1, -1) if at[:n] in lines), None)
    place = ".".join(str(part) for part in at) or "the whole file"
    message = str(fault["msg"]).removeprefix("Value error, ")
    if fault["type"] == "extra_forbidden":
        known = _known_keys(model, at[:-1])
        near = difflib.get_close_matches(str(at[-1]), known, n=1)
        message = "unknown key" + (
            f"; did you mean {near[0]}?" if near else f"; known here: {', '.join(known)}" if known else ""
        )
    elif fault["type"] == "missing":
        message = "is required"
    return f"line {line}, {place}: {message}" if line else f"{place}: {message}"


def _real_path(loc: tuple[str | int, ...], data: Any) -> tuple[str | int, ...]:
    path: list[str | int] = []
    for index, part in enumerate(loc):
        listed = isinstance(data, list) and isinstance(part, int) and part < len(data)
        if listed or (isinstance(data, dict) and part in data):
            data = data[part]
        elif index < len(loc) - 1:
            continue  # the name of a union's branch, not a key of the file
        path.append(part)
    return tuple(path)


def _known_keys(model: Any, at: tuple[str | int, ...]) -> list[str]:
    """The keys that may stand at a path, followed through nested models and unions."""
    from typing import get_args

    models = [model]
    for part in at:
        following: list[Any] = []
        for each in models:
            if isinstance(each, type) and issubclass(each, BaseModel) and part in each.model_fields:
                following += _models_in(each.model_fields[str(part)].annotation, get_args)
            elif isinstance(part, int):
                following.append(each)
        models = following
    return sorted({name for each in models for name in each.model_fields})


def _models_in(annotation: Any, get_args: Any) -> list[Any]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for inner in get_args(annotation) for found in _models_in(inner, get_args)]


__all__ = ["MAX_ALIASES", "MAX_BYTES", "UserError", "load", "read", "validate"]

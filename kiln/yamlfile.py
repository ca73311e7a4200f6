"""YAML read strictly: duplicate keys refused, aliases and size bounded, and every value's line remembered."""

import re
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from kiln import atomic
from kiln.errors import Problem, UserError, shown_by
from kiln.keys import faults, yaml_words

MAX_BYTES = 1024 * 1024
MAX_ALIASES = 50
MAX_DEPTH = 40
_MOST_DIGITS = 30

M = TypeVar("M", bound=BaseModel)


Place = tuple[str | int, ...]


class Lines(dict[Place, int]):
    """The line of every path of a file; `texts` has how its plain values are written there."""

    def __init__(self, lines: Mapping[Place, int] | None = None, texts: Mapping[Place, str] | None = None) -> None:
        super().__init__(lines or {})
        self.texts: dict[Place, str] = dict(texts or {})


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
            if isinstance(key_node, yaml.ScalarNode) and key_node.tag != "tag:yaml.org,2002:merge":
                key_node.tag = "tag:yaml.org,2002:str"  # a key is the text that stands there: on, no, 1
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
        file = faults.File(data, lines or {}, lines.texts if lines else {})
        raise Problem(source, faults.describe(error, model, file), reference) from None


def read(path: Path, reference: str = "") -> tuple[Any, Lines]:
    """The plain data of a YAML file and the line of every value.

    Raises UserError, which names `reference` as what shows every key of such a file.
    """
    try:
        raw = atomic.read(path)
    except OSError as error:
        raise UserError(f"{path} cannot be read", error.strerror or str(error), "Give a path to a YAML file.") from None
    if len(raw) > MAX_BYTES:
        raise UserError(f"{path} is not a definition", f"it has {len(raw)} bytes; {MAX_BYTES} are allowed")
    try:
        loader = _Loader(raw.decode("utf-8"))
        node = loader.get_single_node()
        if node is None:
            raise UserError(f"{path} is empty", hint=shown_by(reference))
        lines = Lines()
        _note_lines(node, (), lines)
        return loader.construct_document(node), lines
    except (yaml.YAMLError, ValueError, RecursionError, TypeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        why, hint = yaml_words.explain(error)
        raise UserError(f"{where}: this is not YAML that Kiln reads", why, hint) from None


def _keep_as_text(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Any:
    """Numbers that YAML reads otherwise than people do (0755, 12:30, 1_000, 0x1F) stay the text that stands there."""
    text = str(loader.construct_scalar(node))
    return int(text) if re.fullmatch(r"[-+]?(0|[1-9][0-9]*)", text) and len(text) < _MOST_DIGITS else text


def _keep_date_as_text(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Any:
    return str(loader.construct_scalar(node))


_Loader.add_constructor("tag:yaml.org,2002:int", _keep_as_text)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _keep_date_as_text)


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
    elif isinstance(node, yaml.ScalarNode):
        lines.texts[at] = f'"{node.value}"' if node.style in {"'", '"'} else str(node.value)


__all__ = ["MAX_ALIASES", "MAX_BYTES", "UserError", "load", "read", "validate"]

"""Every key of a definition, with a document in which it stands and that can be given a wrong value there."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_args, get_origin

import yaml
from pydantic import BaseModel

from kiln.keys.place import in_words
from kiln.keys.takes import Declared, Takes, declared, declared_field, takes, telling_key

Path = tuple[str | int, ...]
MARK = "WRONGVALUE"


@dataclass(frozen=True)
class Key:
    """A key of a definition: its path in `data`, a good definition that has all on the way to it."""

    path: Path
    declares: Declared
    data: Any

    @cached_property
    def _text(self) -> str:
        changed = copy.deepcopy(self.data)
        put(changed, self.path, MARK)
        return str(yaml.dump(changed, Dumper=yaml.CSafeDumper, sort_keys=False, width=10_000))

    def document(self, raw: str) -> str:
        """The definition as YAML, `raw` standing in the place of the key's value."""
        return self._text.replace(MARK, raw)

    @cached_property
    def place(self) -> str:
        """The key's place as Kiln tells it."""
        return in_words(self.path, yaml.safe_load(self.document("x")))


def put(data: Any, path: Path, value: Any) -> None:
    for part in path[:-1]:
        data = data[part]
    data[path[-1]] = value


def keys_of(model: type[BaseModel], data: Any) -> Iterator[Key]:
    """Every key that a definition may have: `data` is a good one, completed on the way with the examples.

    A key's document has what is required, and what stands under the same key of the first level.
    """
    required = {name for name, info in model.model_fields.items() if info.is_required()}
    for name, info in model.model_fields.items():
        small = {key: value for key, value in data.items() if key in required | {name, "image"}}
        yield from _key(declared_field(info), (name,), small)


def _below(here: Declared, path: Path, data: Any) -> Iterator[Key]:
    if any(isinstance(item, Takes) for item in here.beside) and here.annotation is str:
        return
    if tag := telling_key(here):
        for branch, value in zip(here.branches, get_args(tag[1].annotation), strict=True):
            changed = copy.deepcopy(data)
            put(changed, path, {tag[0]: value})
            yield from _below(declared(branch), path, changed)
        return
    for branch in here.branches:
        inner = declared(branch) if len(here.branches) > 1 else here
        kind, arguments = inner.annotation, get_args(inner.annotation)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            for name, info in kind.model_fields.items():
                yield from _key(declared_field(info), (*path, name), data)
        elif get_origin(kind) is tuple:
            yield from _key(declared(arguments[0]), (*path, 0), data)
        elif get_origin(kind) is dict:
            present = value_at(data, path)
            name = next(iter(present), None) or yaml.safe_load(takes(declared(arguments[0])).example)
            yield from _key(declared(arguments[1]), (*path, name), data)


def _key(of: Declared, path: Path, data: Any) -> Iterator[Key]:
    changed = copy.deepcopy(data)
    if not value_at(changed, path):
        if isinstance(path[-1], int):
            put(changed, path[:-1], [None])
        put(changed, path, yaml.safe_load(takes(of).example))
    yield Key(path, of, changed)
    yield from _below(of, path, changed)


def value_at(data: Any, path: Path) -> Any:
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data

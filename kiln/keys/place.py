"""Where a fault stands in a definition: its path in the file, and what is declared there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from kiln.keys.takes import Declared, declared, declared_field

Path = tuple[str | int, ...]
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_KEY = "[key]"  # how pydantic says that the key of a mapping is meant, and not its value


@dataclass(frozen=True)
class Place:
    """A path in the file and what is declared for it; `is_key` where the key itself is meant, and not its value."""

    path: Path
    declares: Declared
    is_key: bool = False


def follow(model: type[BaseModel], loc: Path, data: Any) -> Place:
    """Follow a path of pydantic's, in which the branches of unions have steps of their own that the file has not."""
    here, around, path = declared(model), declared(model), list[str | int]()
    for number, part in enumerate(loc):
        if part == _KEY and get_origin(around.annotation) is dict:
            return Place(tuple(path), declared(get_args(around.annotation)[0]), is_key=True)
        if len(here.branches) > 1:
            if number < len(loc) - 1:
                here = declared(_labelled(here, [part]) or _shaped(here, data))
            continue
        path.append(part)
        around, here, data = here, _below(here, part), _value(data, part)
    return Place(tuple(path), here)


def _below(here: Declared, part: str | int) -> Declared:
    inner, arguments = here.annotation, get_args(here.annotation)
    if isinstance(inner, type) and issubclass(inner, BaseModel):
        info = inner.model_fields.get(str(part))
        return declared_field(info) if info else declared(Any)
    if get_origin(inner) is dict:
        return declared(arguments[1])
    return declared(arguments[0]) if get_origin(inner) in {tuple, list} else declared(Any)


def _labelled(union: Declared, labels: Iterable[Any]) -> Any:
    """The branch of a union that its telling key names (`driver: overlay2`); None where no label is one."""
    for branch in union.branches:
        literals = [info.annotation for info in getattr(branch, "model_fields", {}).values()]
        tags = [get_args(literal) for literal in literals if get_origin(literal) is Literal]
        if any(tag == (label,) for tag in tags for label in labels):
            return branch
    return None


def _shaped(union: Declared, data: Any) -> Any:
    """The branch of a union that the data looks like: a list, keys, or a plain value."""
    for branch in union.branches:
        inner = declared(branch).annotation
        is_model = isinstance(inner, type) and issubclass(inner, BaseModel)
        has_entries, has_keys = get_origin(inner) in {tuple, list}, is_model or get_origin(inner) is dict
        if (has_entries and isinstance(data, list)) or (has_keys and isinstance(data, dict)):
            return branch
    return union.branches[0]


def value_at(data: Any, path: Path) -> Any:
    """What stands at a path, None for nothing."""
    for part in path:
        data = _value(data, part)
    return data


def _value(data: Any, part: str | int) -> Any:
    try:
        return data[part]
    except (KeyError, IndexError, TypeError):
        return None


def keys_at(model: type[BaseModel], path: Path, data: Any) -> tuple[str, ...]:
    """List the keys that may stand at a path of the file; of several kinds those of the one that the data names."""
    here = declared(model)
    for part in path:
        here, data = _below(_chosen(here, data), part), _value(data, part)
    inner = _chosen(here, data).annotation
    return tuple(inner.model_fields) if isinstance(inner, type) and issubclass(inner, BaseModel) else ()


def _chosen(here: Declared, data: Any) -> Declared:
    if len(here.branches) < 2:
        return here
    labels = [value for value in data.values() if isinstance(value, str)] if isinstance(data, dict) else []
    return declared(_labelled(here, labels) or _shaped(here, data))


def in_words(path: Sequence[str | int], data: Any) -> str:
    """`volumes.root.size`; an entry of a list is `the second of tests (its name)`, a key of it `script in the …`."""
    words = ""
    keys: list[str] = []
    for part in path:
        data = _value(data, part)
        if isinstance(part, str):
            keys.append(part if part and not set(part) & set(' ."\n\t:') else f'"{part}"')
            continue
        name = next((data[key] for key in ("name", "path") if isinstance(data, dict) and key in data), "")
        entry = f"the {_ordinal(part)} of {'.'.join(keys)}{f' in {words}' if words else ''}"
        words, keys = entry + (f" ({name})" if isinstance(name, str) and name else ""), []
    dotted = ".".join(keys)
    return f"{dotted} in {words}" if dotted and words else dotted or words or "the whole file"


def _ordinal(index: int) -> str:
    return _ORDINALS[index] if index < len(_ORDINALS) else f"entry {index + 1}"

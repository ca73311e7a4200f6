"""A key that a definition does not have: which one was probably meant, by its meaning and by its letters."""

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from kiln.keys.place import Path, in_words, keys_at
from kiln.keys.takes import Declared, declared, declared_field


def describe(model: type[BaseModel], path: Path, data: Any) -> str:
    """Say what an unknown key may mean; the keys that are known at its place always stand behind it.

    A definition's own model may carry `OTHER_TOOLS`: what people who know other tools write → what Kiln has for it.
    """
    key, known = str(path[-1]), keys_at(model, path[:-1], data)
    place = in_words(path[:-1], data)
    here = f"Known {'here' if len(path) > 1 else 'keys'}: {', '.join(known)}." if known else f"{place} has no keys."
    return f"unknown key{_meant(model, key, known)} {here}"


def _meant(model: type[BaseModel], key: str, known: tuple[str, ...]) -> str:
    alike = {_plain(name): name for name in known}
    if same := alike.get(_plain(key)):
        return f"; did you mean {same}?"
    others: Mapping[str, str] = getattr(model, "OTHER_TOOLS", {})
    if advice := others.get(_plain(key)):
        return f": write {advice} instead." if " " not in advice else f": {advice}."
    if near := difflib.get_close_matches(key.lower(), known, n=1):
        return f"; did you mean {near[0]}?"
    if elsewhere := list(dict.fromkeys(_elsewhere(declared(model), _plain(key), ()))):
        return f"; {' and '.join(elsewhere[:2])} {'is' if len(elsewhere) == 1 else 'are'} known."
    return "."


def plain(names: Mapping[str, str]) -> Mapping[str, str]:
    """A table of other tools' names for look-up: maxVcpus, max_vcpus and MaxVCpu are one name."""
    return {_plain(name): advice for several, advice in names.items() for name in several.split()}


def _plain(name: str) -> str:
    letters = re.sub(r"[^a-z0-9]", "", name.lower())
    return letters.removesuffix("s") if len(letters) > 3 else letters


def _elsewhere(here: Declared, key: str, path: tuple[str, ...]) -> Iterator[str]:
    """Dotted paths of the keys of that name anywhere in a definition."""
    for branch in here.branches:
        inner = declared(branch).annotation
        if get_origin(inner) is dict:
            yield from _elsewhere(declared(get_args(inner)[1]), key, (*path, "NAME"))
        elif get_origin(inner) is tuple:
            yield from _elsewhere(declared(get_args(inner)[0]), key, path)
        elif isinstance(inner, type) and issubclass(inner, BaseModel):
            for name, info in inner.model_fields.items():
                if _plain(name) == key:
                    yield ".".join((*path, name))
                yield from _elsewhere(declared_field(info), key, (*path, name))

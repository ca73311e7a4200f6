"""The faults of a definition as sentences: where it is, what was written there, what belongs there, with an example.

Nothing of pydantic's own texts is shown. Its types of faults that need words of their own are `missing`,
`extra_forbidden`, the telling key of a union, and `value_error`, whose text is Kiln's; of every other type the key's
own `Takes` says what was expected.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from kiln.keys import near, unknown, written
from kiln.keys.place import Path, Place, follow, in_words, value_at
from kiln.keys.takes import takes, telling_key

_MOST_GUESSES = 20  # each tries a definition over and over


@dataclass(frozen=True)
class File:
    """A file as it was read: its data, the line of every path, and how its plain values are written there."""

    data: Any
    lines: Mapping[Path, int]
    texts: Mapping[Path, str]

    def line(self, path: Path) -> int | None:
        """The line of a path, or of the nearest one around it."""
        return next((self.lines[path[:n]] for n in range(len(path), -1, -1) if path[:n] in self.lines), None)


def describe(error: ValidationError, model: type[BaseModel], file: File) -> list[str]:
    """Say every fault in a sentence, in pydantic's order; every place has one sentence."""
    faults = [(follow(model, fault["loc"], file.data), dict(fault)) for fault in error.errors(include_url=False)]
    deepest = {place.path[:n] for place, _ in faults for n in range(len(place.path))}
    sentences: dict[tuple[Path, bool], str] = {}
    for place, fault in faults:
        # Of a union every branch complains: where one of them had more to say, the others' lines are ghosts.
        if (place.is_key or place.path not in deepest) and (place.path, place.is_key) not in sentences:
            can_guess = len(sentences) < _MOST_GUESSES
            words = _sentence(place, fault, model, file, can_guess=can_guess)
            line = file.line(place.path)
            sentences[place.path, place.is_key] = f"line {line}, {words}" if line else words
    return list(sentences.values())


def _sentence(place: Place, fault: Mapping[str, Any], model: type[BaseModel], file: File, *, can_guess: bool) -> str:
    kind = fault["type"]
    if kind in {"union_tag_invalid", "union_tag_not_found"} and (tag := telling_key(place.declares)):
        place = Place((*place.path, tag[0]), tag[1])
        kind = "missing" if kind == "union_tag_not_found" else kind
    where = in_words(place.path, file.data)
    if kind == "extra_forbidden":
        return f"{where}: {unknown.describe(model, place.path, file.data)}"
    if kind == "missing":
        return f"{where}: is required. {_belongs(place)}"
    value = place.path[-1] if place.is_key else value_at(file.data, place.path)
    own = str(fault["msg"]).removeprefix("Value error, ") if kind == "value_error" else ""
    if own and isinstance(value, dict):
        return f"{where}: {own}"  # a rule between keys, which it names
    if takes(place.declares).is_secret and not place.is_key:
        return f"{where}: what stands there does not fit. {_belongs(place)}"
    text = "" if place.is_key else file.texts.get(place.path, "")
    if own and (value is None or (text or str(value)) in own):
        return f"{where}: {own}. {_belongs(place)}"
    differs = "" if own or place.is_key else written.kind_differs(value, text, place.declares)
    guess = _guess(place, value, model, file) if can_guess and "did you mean" not in own and not differs else ""
    guess = "" if guess and guess.rpartition(": ")[2] in own else guess
    reason = near.other_id(value, takes(place.declares)) or own or written.count(value)
    return f"{where}: {differs or _refusal(value, text, [reason, guess])} {_belongs(place)}"


def _belongs(place: Place) -> str:
    """What the key takes, and an example that can be pasted: no full stop behind it."""
    needed, key = takes(place.declares), place.path[-1] if place.path else 0
    example = f"{key}: {needed.example}" if isinstance(key, str) and not place.is_key else needed.example
    return f"It takes {needed.words}, for example {example}"


def _refusal(value: Any, text: str, reasons: list[str]) -> str:
    why = "; ".join(reason for reason in reasons if reason)
    end = "" if why.endswith("?") else "."
    return f"{written.show(value, text)} does not fit{f': {why}' if why else ''}{end}"


def _guess(place: Place, value: Any, model: type[BaseModel], file: File) -> str:
    """The first value that may have been meant and would be taken, in words; "" where there is none."""
    for candidate, how in near.candidates(value, file.texts.get(place.path, ""), place.declares):
        if (candidate == value and type(candidate) is type(value)) or (place.is_key and not isinstance(candidate, str)):
            continue
        changed = (_renamed if place.is_key else _replaced)(file.data, place.path, candidate)
        meant = Place((*place.path[:-1], candidate), place.declares, is_key=True) if place.is_key else place
        if _is_taken(model, changed, meant):
            shown = written.as_yaml(candidate)
            return f"did you mean {shown}?" if how == near.ASK else f"{how}: {shown}"
    return ""


def _is_taken(model: type[BaseModel], data: Any, meant: Place) -> bool:
    try:
        model.model_validate(data)
    except ValidationError as error:
        places = [follow(model, fault["loc"], data) for fault in error.errors(include_url=False)]
        if meant.is_key:
            return (meant.path, True) not in {(place.path, place.is_key) for place in places}
        at = len(meant.path)
        deepest = {place.path[:n] for place in places for n in range(len(place.path))}
        return not [
            p
            for p in places
            if p.path[:at] == meant.path or (p.path == meant.path[: len(p.path)] and p.path not in deepest)
        ]
    return True


def _replaced(data: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    if isinstance(data, dict):
        return data | {path[0]: _replaced(data.get(path[0]), path[1:], value)}
    if isinstance(data, list):
        return [_replaced(entry, path[1:], value) if n == path[0] else entry for n, entry in enumerate(data)]
    return data


def _renamed(data: Any, path: Path, name: Any) -> Any:
    mapping = value_at(data, path[:-1])
    renamed = {name if key == path[-1] else key: value for key, value in mapping.items()}
    return _replaced(data, path[:-1], renamed)

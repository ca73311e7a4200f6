"""A reference.yaml held against the model of its definitions: every key at its place, with the code's own default.

Keys stand there as YAML, or as comments where one excludes another (`#   driver: autoscale`). The comment above a key,
or behind it, says `Required` or `Default: …`; a key without either has no default.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Annotated, Any, get_args

import yaml
from pydantic import BaseModel, RootModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

_LINE = re.compile(r"(?P<indent> *)(?P<item>- +)?(?:(?P<key>[\w.*-]+):(?: +(?P<value>[^#]*))?)?(?P<note>#.*)?$")
_COMMENTED = re.compile(r"# *(?:or )?(?P<key>[a-z_0-9]+):(?: +(?P<value>[^#]*))?(?P<note>#.*)?$")
_DEFAULT = (
    re.compile(r"\bDefault: (?P<text>.*?)(?:\.(?= |$)|$)"),
    re.compile(r"\bdefault (?P<text>.*?)(?:[.;](?= |$)|$)"),
)
_REQUIRED = re.compile(r"\b[Rr]equired\b(?! where| of|,)")  # unless it is so of some alone
_PLACEHOLDER = re.compile(r"\b[A-Z]{4,}\b")  # ENVIRONMENT-job-role


@dataclass
class Key:
    """A key of the file: its line, its column (of the comment's sign where it is commented out) and what is noted."""

    line: int
    column: int
    name: str
    value: str
    commented: bool
    notes: list[str] = field(default_factory=list)

    @property
    def note(self) -> str:
        return " ".join(self.notes)


@dataclass(frozen=True)
class Place:
    """Where keys stand: below which column, and the models whose fields they are; any name is a key of a mapping."""

    column: int
    models: tuple[type[BaseModel], ...]
    names_are_free: bool = False


def problems(text: str, model: type[BaseModel], elsewhere: Collection[type[BaseModel]] = ()) -> list[str]:
    """What is wrong with a reference; the keys of the models `elsewhere` are explained in another one.

    Where a key stands several times, the first says what it means.
    """
    wrong, seen = list[str](), set[tuple[type[BaseModel], str]]()
    names = {name for owner in all_models(model) for name in owner.model_fields}
    for key, owner in _owned(_keys(text, names), model):
        if owner is None:
            wrong.append(f"line {key.line}: {key.name} stands where no such key belongs")
            continue
        place = _defined(owner, key.name)
        is_known = place in seen or place[0] in elsewhere
        if fault := _wrong_default(key, owner, is_known=is_known):
            wrong.append(f"line {key.line}: {key.name}: {fault}")
        seen.add(place)
    fields = [_defined(owner, name) for owner in all_models(model) for name in owner.model_fields]
    missing = [place for place in dict.fromkeys(fields) if place not in seen and place[0] not in elsewhere]
    return wrong + [f"{owner.__name__}.{name} is missing" for owner, name in missing]


def _defined(owner: type[BaseModel], name: str) -> tuple[type[BaseModel], str]:
    """A field of a model, or of the model that it has it from unchanged."""
    info, place = owner.model_fields[name], owner
    for base in owner.__mro__[1:]:
        inherited = getattr(base, "model_fields", {}).get(name)
        if inherited and (inherited.default, inherited.annotation) == (info.default, info.annotation):
            place = base
    return place, name


def _keys(text: str, names: Collection[str]) -> Iterator[Key]:
    """Real and commented keys in their order, with what stands above and behind them."""
    above: list[tuple[int, str]] = []
    last: Key | None = None
    block: int | None = None  # column of a literal block's key: its lines are text
    for number, line in enumerate(text.splitlines(), 1):
        if block is not None and (not line.strip() or len(line) - len(line.lstrip()) > block):
            continue
        block = None
        match = _LINE.match(line)
        if not line.strip() or match is None:
            above, last = [], None
            continue
        column = len(match["indent"]) + len(match["item"] or "")
        note = (match["note"] or "").lstrip("# ")
        if match["key"]:
            last = Key(number, column, match["key"], (match["value"] or "").strip(), commented=False)
            last.notes = [part for at, part in above if at == column] + [note]
            above, block = [], column if last.value == "|" else None
            yield last
        elif last and (line.index("#") > column or note.startswith("#") or line.split("#", 2)[1].strip() == ""):
            last.notes.append(line.rpartition("#")[2].strip())
        elif (commented := _COMMENTED.match(match["note"] or "")) and commented["key"] in names:
            last = Key(number, column, commented["key"], (commented["value"] or "").strip(), commented=True)
            last.notes = [(commented["note"] or "").lstrip("# ")]
            yield last
        else:
            above, last = [*above, (column, note)], None


def _owned(keys: Iterator[Key], model: type[BaseModel]) -> Iterator[tuple[Key, type[BaseModel] | None]]:
    """With each key the model whose field it is. A comment that reads like a key and is none is text."""
    listed = list(keys)
    stack = [Place(0, (model,))]
    branch: dict[int, type[BaseModel]] = {}
    for number, key in enumerate(listed):
        if key.commented:
            place = next((place for place in reversed(stack) if place.column == key.column), None)
            models = place.models if place else ()
        else:
            while stack[-1].column > key.column:
                branch.pop(stack.pop().column, None)
            place, models = stack[-1], stack[-1].models
            if place.names_are_free:
                if (inner := _inner(listed, number)) > key.column:
                    stack.append(Place(inner, models))
                continue
            if not models:
                continue  # tags and the like: any key
        owner = _branch(models, key, branch, key.column)
        if owner is None or key.name not in owner.model_fields:
            if not key.commented:
                yield key, None
            continue
        yield key, owner
        inner = _inner(listed, number)
        if not key.commented and inner > key.column:
            annotation = owner.model_fields[key.name].annotation
            stack.append(Place(inner, tuple(_models(annotation)), names_are_free=_is_mapping(annotation)))


def _inner(keys: Sequence[Key], number: int) -> int:
    """The column of the keys below one, or its own where there are none."""
    key = keys[number]
    following = next((other for other in keys[number + 1 :] if not other.commented), key)
    return max(following.column, key.column)


def _branch(
    models: tuple[type[BaseModel], ...], key: Key, branch: dict[int, type[BaseModel]], column: int
) -> type[BaseModel] | None:
    """Of several models the one that a `driver: …` named last."""
    if len(models) < 2:
        return models[0] if models else None
    if key.name == "driver":
        [branch[column]] = [m for m in models if key.value in get_args(m.model_fields["driver"].annotation)]
    return branch.get(column)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if issubclass(annotation, RootModel):
            yield from _models(annotation.model_fields["root"].annotation)
        else:
            yield annotation
    else:
        for part in get_args(annotation):
            yield from _models(part)


def _is_mapping(annotation: Any) -> bool:
    return str(annotation).startswith("dict[") and bool(list(_models(annotation)))


def all_models(model: type[BaseModel]) -> list[type[BaseModel]]:
    """A model and those of all that can stand below it."""
    known = [model]
    for owner in known:
        below = [inner for info in owner.model_fields.values() for inner in _models(info.annotation)]
        known += [inner for inner in dict.fromkeys(below) if inner not in known]
    return known


def _wrong_default(key: Key, owner: type[BaseModel], *, is_known: bool) -> str:
    """What differs between the note of a key and its field, "" for nothing; a key that `is_known` needs no note."""
    info = owner.model_fields[key.name]
    stated = next((match["text"].strip() for pattern in _DEFAULT if (match := pattern.search(key.note))), None)
    required = bool(_REQUIRED.search(key.note))
    if len(get_args(info.annotation)) == 1 and get_args(info.annotation) == (key.value,):
        return ""  # a driver: what chooses the model
    if info.is_required() or required:
        fits = info.is_required() == required and stated is None
        return "" if fits or (is_known and not required) else f"required: {info.is_required()}; it says {required}"
    default = info.get_default(call_default_factory=True)
    nothing = _is_nothing(default)
    if stated is None:
        silent = nothing or is_known or isinstance(default, BaseModel)
        return "" if silent else f"its default {default!r} is not stated"
    values = _values(stated, info)
    if nothing and (stated in {"none", "nothing"} or _is_prose(stated, values, owner)):
        return ""
    return "" if default in values else f"it says {stated}, the code {default!r}"


def _is_nothing(default: Any) -> bool:
    if isinstance(default, BaseModel):
        plain = default.model_dump()
        return not any(plain.values() if isinstance(plain, dict) else plain)
    return default is None or default in ("", (), {})


def _is_prose(text: str, values: Sequence[Any], owner: type[BaseModel]) -> bool:
    """Words that describe a value, or a key whose value it is, instead of being one."""
    described = " " in text or _PLACEHOLDER.search(text) or text in owner.model_fields
    return bool(described) and not [value for value in values if not isinstance(value, str | tuple)]


def _values(text: str, info: FieldInfo) -> list[Any]:
    """What the text may mean as a value of the field: as it is, what stands before a comma, or a list."""
    annotation: Any = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
    readings: list[Any] = [text, text.partition(",")[0], text.partition(";")[0]]
    readings += [_as_yaml(reading) for reading in readings]
    readings += [tuple(reading) for reading in readings if isinstance(reading, list)]
    readings += [tuple(part.strip() for part in text.split(","))]
    values = []
    for reading in readings:
        with suppress(ValidationError):
            values.append(TypeAdapter(annotation).validate_python(reading))
    return values


def _as_yaml(text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return text

"""What a key takes, in words and with an example: written beside its type, or read from the type itself."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, RootModel
from pydantic.fields import FieldInfo


@dataclass(frozen=True)
class Takes:
    """What a value must be: `words` for people, an `example` as it stands in YAML.

    Stands in the type of a key: `Annotated[str, Takes("a bucket's name alone", "1000genomes")]`. `unit` writes a bound
    of the value as a definition does (600 → 10 min). `known` are words among which the nearest is offered, `near` lists
    what a wrong value may have been meant to be. A value that `is_secret` is never shown.
    """

    words: str
    example: str
    unit: Callable[[int], str] = str
    known: tuple[str, ...] = ()
    near: Callable[[str], Iterable[str]] = lambda _: ()
    is_secret: bool = False


@dataclass(frozen=True)
class Declared:
    """What is declared for a value: its type without null, and what stands beside the type."""

    annotation: Any
    beside: tuple[Any, ...] = ()

    @property
    def branches(self) -> tuple[Any, ...]:
        """The types of a union, null apart; a single one of any other type."""
        return _branches(self.annotation)

    def bound(self, name: str) -> int | None:
        """A limit that stands beside the type: ge, le, min_length or max_length; None where there is none."""
        bounds = [getattr(limit, name) for limit in self.beside if getattr(limit, name, None) is not None]
        return bounds[0] if bounds else None


def declared(annotation: Any, beside: Sequence[Any] = ()) -> Declared:
    """Read a type: Annotated, RootModel and null are looked through."""
    annotation, beside = _without_annotated(annotation, tuple(beside))
    branches = _branches(annotation)
    if len(branches) == 1 and branches[0] is not annotation:
        return declared(branches[0], beside)
    if isinstance(annotation, type) and issubclass(annotation, RootModel):
        return declared(annotation.model_fields["root"].annotation, beside)
    return Declared(annotation, beside)


def declared_field(info: FieldInfo) -> Declared:
    """Read the type of a model's field."""
    return declared(info.annotation, (*info.metadata, info))


def _without_annotated(annotation: Any, beside: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    while get_origin(annotation) is Annotated:
        annotation, *more = get_args(annotation)
        for item in more:
            beside += (*item.metadata, item) if isinstance(item, FieldInfo) else (item,)
    return annotation, beside


def _branches(annotation: Any) -> tuple[Any, ...]:
    if get_origin(annotation) in {Union, UnionType}:
        return tuple(branch for branch in get_args(annotation) if branch is not type(None))
    return (annotation,)


def takes(of: Declared) -> Takes:
    """Say what a value must be; where nothing is written beside the type, the type and its limits say it."""
    written = next((item for item in reversed(of.beside) if isinstance(item, Takes)), None)
    words = written or _by_type(of)
    return replace(words, words=words.words + _limits(of, words))


def _by_type(of: Declared) -> Takes:
    inner, origin, arguments = of.annotation, get_origin(of.annotation), get_args(of.annotation)
    if tag := telling_key(of):
        name, tags = tag[0], takes(tag[1])
        return Takes(f"keys of its own, of which {name} is {tags.words}", f"{{{name}: {tags.example}}}")
    if len(of.branches) > 1:
        return _one_of_several([takes(declared(branch)) for branch in of.branches])
    if origin is Literal:
        known = tuple(map(str, arguments))
        return Takes(f"one of {', '.join(known)}" if len(known) > 1 else known[0], known[0], known=known)
    if inner is bool:
        return Takes("true or false", "true")
    if inner is int:
        return Takes("a whole number", str(_default(of) or of.bound("ge") or 1))
    if origin is tuple:
        entry = takes(declared(arguments[0]))
        return Takes(f"a list, in which every entry is {entry.words}", f"[{entry.example}]", known=entry.known)
    if origin is dict:
        key, value = (takes(declared(argument)) for argument in arguments)
        return Takes(f"lines of NAME: value, where NAME is {key.words}", f"{{{key.example}: {value.example}}}")
    if isinstance(inner, type) and issubclass(inner, BaseModel):
        return _keys_of(inner)
    return Takes("text", "text")


def _default(of: Declared) -> Any:
    return next((info.default for info in of.beside if isinstance(info, FieldInfo) and not info.is_required()), None)


def telling_key(of: Declared) -> tuple[str, Declared] | None:
    """The key that tells the branches of a union apart (driver), and its values; None where there is none."""
    names = [item.discriminator for item in of.beside if isinstance(getattr(item, "discriminator", None), str)]
    if not names:
        return None
    values = [value for branch in of.branches for value in get_args(branch.model_fields[names[0]].annotation)]
    return names[0], Declared(Literal[tuple(values)])


def _one_of_several(branches: Sequence[Takes]) -> Takes:
    known = tuple(word for branch in branches for word in branch.known)
    return Takes(", or ".join(branch.words for branch in branches), branches[0].example, known=known)


def _keys_of(model: type[BaseModel]) -> Takes:
    """The keys of a nested model; the example has those that are required, else the first."""
    fields = model.model_fields
    required = [name for name, info in fields.items() if info.is_required()] or list(fields)[:1]
    example = ", ".join(f"{name}: {takes(declared_field(fields[name])).example}" for name in required)
    return Takes(f"keys of its own ({', '.join(fields)})", f"{{{example}}}")


def _limits(of: Declared, words: Takes) -> str:
    """`, from 1 to 3`, ` (at most 5 of them)`: the limits beside the type."""
    unit: Callable[[int], str] = words.unit if of.annotation is int else str
    if get_origin(of.annotation) in {tuple, dict} or of.annotation is str:
        least, most = of.bound("min_length"), of.bound("max_length")
        behind = " ({} characters)" if of.annotation is str else " ({} of them)"
    elif of.annotation is int:
        least, most, behind = of.bound("ge"), of.bound("le"), ", {}"
    else:
        return ""
    if least is not None and most is not None:
        return behind.format(f"from {unit(least)} to {unit(most)}")
    if least is not None or most is not None:
        return behind.format(f"at least {unit(least)}" if least is not None else f"at most {unit(most or 0)}")
    return ""

"""`invoke validate`: every definition, all problems at once."""

from collections.abc import Sequence
from pathlib import Path

from kiln import words
from kiln.boundary import render
from kiln.definitions import Kind, kind_of
from kiln.errors import Exit, UserError
from kiln.screen import Screen, print_result

Warned = tuple[Path, UserError]


def validate(paths: Sequence[str], kinds: Sequence[Kind]) -> int:
    """Load every YAML under `paths`; the exit code."""
    found, errors, warnings = load_all(paths, kinds)
    screen = Screen()
    for path, warning in warnings:
        screen.say(render(warning, f"! {path}:"))
    for error in errors:
        screen.say(render(error))
    print_result(
        f"{words.count(len(found), 'definition')}, {len(found) - len(errors)} good, {len(errors)} with problems"
    )
    return Exit.USER_ERROR if errors else Exit.DONE


def load_all(paths: Sequence[str], kinds: Sequence[Kind]) -> tuple[list[Path], list[UserError], list[Warned]]:
    """Load every YAML under `paths` (files or folders; default: what Kiln ships); returns what is wrong with them."""
    found: list[Path] = []
    errors: list[UserError] = []
    warnings: list[Warned] = []
    for place in [Path(path) for path in paths] or [kind.folder for kind in kinds]:
        if place.is_dir():
            found += sorted(p for pattern in ("*.yaml", "*.yml") for p in place.glob(pattern))
        else:
            found.append(place)
    for path in found:
        try:
            kind, name = kind_of(path, kinds), str(path) if "/" in str(path) else f"./{path}"
            if kind.check:
                warnings += [(path, warning) for warning in kind.check(name)]
            else:
                kind.load(name)
        except UserError as error:
            errors.append(error)
    return found, errors, warnings

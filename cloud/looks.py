"""Looks that the credentials may not allow: what could not be looked at is said to be so, never passed."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from cloud import errors

Facts = TypeVar("Facts")
Arguments = ParamSpec("Arguments")


def look(
    what: str, action: str, call: Callable[Arguments, Facts], *arguments: Arguments.args, **options: Arguments.kwargs
) -> tuple[Facts | None, tuple[str, ...]]:
    """Return what `call` returns, or None and a note that `what` was not checked for want of the right `action`."""
    try:
        return call(*arguments, **options), ()
    except Exception as error:
        if errors.code(error) not in errors.DENIED:
            raise
        return None, (f"not checked: {what}, which these credentials may not look at ({action})",)

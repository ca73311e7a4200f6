"""What moto finds out anew at every request though it never changes in a process: here it is found out once.

Which services there are (it lists its own folder), which methods a class answers with, how a service's errors look:
together about a third of what a request costs.
"""

import functools
from typing import Any

import moto.backends
import moto.core.errors
import moto.core.responses


def install() -> None:
    for owner, name in (
        (moto.backends, "list_of_moto_modules"),
        (moto.core.responses, "method_names_from_class"),
    ):
        setattr(owner, name, _once(getattr(owner, name)))
    lookups = moto.core.errors.ErrorLookupFactory()  # it remembers, but moto makes another for each error
    setattr(moto.core.errors, "ErrorLookupFactory", lambda: lookups)  # noqa: B010 - a class is replaced


def _once(find: Any) -> Any:
    return functools.cache(lambda *about: frozenset(find(*about)))

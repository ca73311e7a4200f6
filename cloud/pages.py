"""Operations of AWS that answer in pages, or take so many things at once."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

Item = TypeVar("Item")


def list_all(client: Any, operation: str, field: str, **query: Any) -> list[Any]:
    """What all pages of a client's operation hold under `field`, in their order; `operation` is boto3's method."""
    return [item for page in client.get_paginator(operation).paginate(**query) for item in page[field]]


def split(items: Sequence[Item], most: int) -> Iterator[list[Item]]:
    """The items in their order, at most so many at a time."""
    for begin in range(0, len(items), most):
        yield list(items[begin : begin + most])

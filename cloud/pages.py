"""Operations of AWS that answer in pages."""

from typing import Any


def every(client: Any, operation: str, field: str, **query: Any) -> list[Any]:
    """What all pages of a client's operation hold under `field`, in their order; `operation` is boto3's method."""
    return [each for page in client.get_paginator(operation).paginate(**query) for each in page[field]]

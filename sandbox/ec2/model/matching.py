"""Filters of EC2's calls: names joined by AND, values by OR, with * and ? standing for any characters and for one.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html (values are case-sensitive)
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

Item = TypeVar("Item")


def select(items: Iterable[Item], filters: Any, read: Mapping[str, Callable[[Item], Any]]) -> list[Item]:
    """List the items that the filters take; `read` knows the value of an item by the filter's name."""
    selected = list(items)
    for entry in filters or []:
        value_of, patterns = read[entry["Name"]], [_compile(str(text)) for text in entry.get("Values") or []]
        selected = [item for item in selected if any(pattern.fullmatch(_text(value_of(item))) for pattern in patterns)]
    return selected


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _compile(text: str) -> re.Pattern[str]:
    return re.compile("".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in text), re.DOTALL)

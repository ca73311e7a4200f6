"""One page of a list, the way that Batch hands them out.

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_DescribeComputeEnvironments.html (maxResults "between
1 and 100 … if this parameter isn't used, … returns up to 100 results and a nextToken value if applicable").
"""

import base64
import binascii
from collections.abc import Sequence
from typing import Any, TypeVar

from sandbox.batch.model.errors import refused

Item = TypeVar("Item")
AT_MOST = 100


def cut_page(found: Sequence[Item], request: dict[str, Any], unasked: int = AT_MOST) -> tuple[list[Item], str | None]:
    """Cut out the items of this page, and the token of the next; `unasked` of them where maxResults says nothing.

    A maxResults outside 1 to 100, and a token that is not ours, are refused.
    """
    size, begin = request.get("maxResults", unasked), _read_token(request.get("nextToken"))
    if not 1 <= size <= max(unasked, AT_MOST) or request.get("maxResults", 1) > AT_MOST:
        raise refused(f"maxResults must be between 1 and {AT_MOST}")
    end = begin + size
    return list(found[begin:end]), _make_token(end) if end < len(found) else None


def _make_token(index: int) -> str:
    return base64.urlsafe_b64encode(f"from:{index}".encode()).decode()


def _read_token(token: str | None) -> int:
    if not token:
        return 0
    try:
        text = base64.urlsafe_b64decode(token).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        text = ""
    if not text.startswith("from:") or not text[5:].isdecimal():
        raise refused("Invalid nextToken")
    return int(text[5:])

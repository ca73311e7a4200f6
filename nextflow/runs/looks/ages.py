"""How old an object is by the clock of S3 and no other: the answer's Date and Last-Modified are of one clock.

The computer that wrote it and this one may have clocks that jump.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any


def find_age(answer: Mapping[str, Any]) -> float:
    """Find the seconds since the object of a GetObject answer was written (pure where the answer has its Date)."""
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    written: datetime = answer["LastModified"]
    try:
        now = parsedate_to_datetime(headers["date"])
    except (KeyError, ValueError, TypeError):
        now = datetime.now(UTC)
    return max(0.0, (now - written).total_seconds())

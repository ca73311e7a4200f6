"""Law: conditional writes of an object. Of two at the same moment the first wins, and the second is refused.

moto looks at the condition, and writes later: two requests between both get through. It also takes conditions that S3
does not have. Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html (412 where the
condition does not hold, 409 where another request came in between, 404 for If-Match where there is no object),
https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html (If-None-Match "expects the '*' character").
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Lock

_writing = Lock()


@contextmanager
def write_in_turn(headers: Mapping[str, str]) -> Iterator[None]:
    """Let no other write of an object in between; NotImplementedError for a condition that S3 does not have (501)."""
    absent, same = headers.get("If-None-Match"), headers.get("If-Match")
    if (absent and absent != "*") or (absent and same) or same == "*":
        raise NotImplementedError("S3 has If-None-Match: * and If-Match with an ETag, one at a time")
    with _writing:
        yield

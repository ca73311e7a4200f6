"""Law: the list of an account's buckets has pages.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html (MaxBuckets from 1 to 10000, and
ContinuationToken); what becomes of a wrong one: ErrorResponses.html (InvalidArgument)
"""

from typing import Any

from moto.s3.exceptions import InvalidArgumentError, InvalidContinuationToken

from sandbox.world.world import current

AT_MOST = 10000
OWNER = {"ID": "bcaf1ffd86f41161ca5fb16fd081034f", "DisplayName": "webfile"}  # as moto names the account elsewhere


def cut_page(
    buckets: list[dict[str, Any]], size: str | None, token: str | None, region: str
) -> tuple[list[dict[str, Any]], str | None]:
    """Return the buckets of a page, and the token of the next one."""
    most = int(size) if size else AT_MOST
    if not 1 <= most <= AT_MOST:
        message = f"Argument max-buckets must be an integer between 1 and {AT_MOST}"
        raise InvalidArgumentError(message, "max-buckets", str(size))
    world, place = current(), ("s3", region, "ListBuckets")
    if token:
        rest = world.rests.find(place, token, world.clock.now())
        if rest is None:
            raise InvalidContinuationToken()
        buckets = list(rest.lists[0])
    most = min(most, world.page or most)
    page, following = buckets[:most], buckets[most:]
    return page, world.rests.keep(place, (following,), world.clock.now()) if following else None

"""The logs of CloudWatch as moto has them, with the request as the door has parsed it, and lists in pages."""

from datetime import datetime

from moto.logs.responses import LogsResponse

from sandbox.paging.documents import OwnDocuments
from sandbox.world.world import current


class Logs(OwnDocuments, LogsResponse):
    """All of it is shared with other services whose answers moto writes itself."""


def tell_time() -> datetime:
    """Return the present time of the sandbox's clock, as moto's logs write times: an event is taken only if it is not
    more than two hours ahead (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html).
    """
    return current().clock.utcnow()

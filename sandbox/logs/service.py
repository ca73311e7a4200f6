"""The logs of CloudWatch as moto has them, with the request as the door has parsed it, and lists in pages."""

from moto.logs.responses import LogsResponse

from sandbox.paging.documents import OwnDocuments


class Logs(OwnDocuments, LogsResponse):
    """All of it is shared with other services whose answers moto writes itself."""

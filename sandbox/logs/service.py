"""The logs of CloudWatch as moto has them, with the request as the door has parsed it, and lists in pages."""

from moto.core.common_types import TYPE_RESPONSE
from moto.logs.responses import LogsResponse

from sandbox.paging.documents import cut_document


class Logs(LogsResponse):
    def __init__(self) -> None:
        super().__init__()
        self.automated_parameter_parsing = True

    def call_action(self) -> TYPE_RESPONSE:
        status, headers, body = super().call_action()
        return status, headers, cut_document(self.normalized_request.environ, body)

"""The pages of services whose answers moto writes itself, as JSON texts: KMS and the logs of CloudWatch."""

import json
from typing import Any

from moto.core.common_types import TYPE_RESPONSE
from moto.core.responses import BaseResponse

from sandbox.paging.cut import cut_page
from sandbox.paging.model import find_paging
from sandbox.world.request import find_request


def cut_document(environ: dict[str, Any], body: Any) -> Any:
    """Return the body of an answer with the lists of the page that was asked for; any other body as it is."""
    request = find_request(environ)
    paging = find_paging(request) if request else None
    if request is None or paging is None or not isinstance(body, str):
        return body
    document = json.loads(body)
    if not any(name in document for name in paging.lists):  # an error
        return body
    page = cut_page(request, paging, document)
    return json.dumps({name: value for name, value in page.items() if value is not None})


class OwnDocuments(BaseResponse):
    """Stands before such a service's responses: the request as the door has parsed it, and lists in pages."""

    def __init__(self) -> None:
        super().__init__()
        self.automated_parameter_parsing = True

    def call_action(self) -> TYPE_RESPONSE:
        status, headers, body = super().call_action()
        return status, headers, cut_document(self.normalized_request.environ, body)

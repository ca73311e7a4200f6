"""KMS as moto has it, with the request as the door has parsed it, and its lists in pages."""

import base64
from typing import Any

from moto.kms.responses import KmsResponse

from sandbox.paging.documents import OwnDocuments

_READ_AS_BYTES = ("Plaintext", "CiphertextBlob", "Message")  # the other blobs moto decodes itself, or keeps as texts


class Kms(OwnDocuments, KmsResponse):
    def _get_param(self, param_name: str, if_none: Any = None) -> Any:
        value = self.params.get(param_name, if_none)
        if isinstance(value, bytes) and param_name not in _READ_AS_BYTES:
            return base64.b64encode(value).decode()
        return value

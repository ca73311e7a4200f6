"""KMS as moto has it, with the request as the door has parsed it, and its lists in pages.

Law: what turns a key off and on, and sends it away and back, takes its ARN as well as its id, and answers with the ARN
(API_ScheduleKeyDeletion.html, API_CancelKeyDeletion.html, API_EnableKey.html in the KMS API Reference).
"""

import base64
import json
from collections.abc import Callable
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

    def enable_key(self) -> str:
        return self._by_id(super().enable_key)

    def disable_key(self) -> str:
        return self._by_id(super().disable_key)

    def schedule_key_deletion(self) -> str:
        return self._by_id(super().schedule_key_deletion)

    def cancel_key_deletion(self) -> str:
        return self._by_id(super().cancel_key_deletion)

    def _by_id(self, call: Callable[[], str]) -> str:
        """Have moto find the key by its id, whatever the request names it by."""
        key_id = str(self._get_param("KeyId"))
        self._validate_cmk_id(key_id)
        key = self.kms_backend.keys[self.kms_backend.get_key_id(key_id)]
        self.params = {**self.params, "KeyId": key.id}
        document = json.loads(call())
        return json.dumps({**document, "KeyId": key.arn} if document else None)

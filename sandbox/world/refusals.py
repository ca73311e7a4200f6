"""An AWS error as the bytes that each wire protocol wants.

Source: the protocol descriptions of botocore's parsers and
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
"""

import json
from dataclasses import dataclass
from uuid import uuid4
from xml.sax.saxutils import escape


@dataclass(frozen=True)
class Refusal:
    code: str
    message: str
    status: int = 400


def make_body(refusal: Refusal, protocol: str) -> tuple[str, bytes]:
    """Make content type and body."""
    request_id = str(uuid4())
    code, message = escape(refusal.code), escape(refusal.message)
    if protocol in ("json", "rest-json"):
        document = {"__type": refusal.code, "code": refusal.code, "message": refusal.message}
        return "application/x-amz-json-1.1", json.dumps(document).encode()
    error = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    if protocol == "ec2":
        text = f"<Response><Errors>{error}</Errors><RequestID>{request_id}</RequestID></Response>"
    elif protocol == "rest-xml":
        text = error.replace("</Error>", f"<RequestId>{request_id}</RequestId></Error>")
    else:
        error = error.replace("<Error>", "<Error><Type>Sender</Type>")
        text = f"<ErrorResponse>{error}<RequestId>{request_id}</RequestId></ErrorResponse>"
    return "text/xml", ('<?xml version="1.0" encoding="UTF-8"?>' + text).encode()


def make_headers(refusal: Refusal, content_type: str) -> list[tuple[str, str]]:
    return [("Content-Type", content_type), ("x-amzn-ErrorType", refusal.code), ("x-amzn-RequestId", str(uuid4()))]

"""What is around an answer, whoever gives it: its own request id, and the content type of its protocol.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Welcome.html (requestId "uniquely identifies the
request"), https://docs.aws.amazon.com/AmazonS3/latest/userguide/get-request-ids.html (x-amz-request-id, x-amz-id-2),
https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html and aws-restjson1-protocol.html (Content-Type). The
services that the sandbox has written itself give no id, those of moto that write their JSON themselves give HTML's
type, and moto's EC2 gives every answer the same id.
"""

from base64 import b64encode
from dataclasses import replace
from secrets import token_bytes, token_hex
from uuid import uuid4

from sandbox.world.answers import Answer
from sandbox.world.request import Request

_TYPES = {"json": "application/x-amz-json-1.1", "rest-json": "application/json"}
_SAME = b">request-id<"  # moto's, in the body of every answer of EC2


def wrap(given: Answer, request: Request) -> Answer:
    """Return an answer with what its headers lack."""
    others = {"content-length"} | ({"x-amzn-requestid"} if request.service == "s3" else set())
    headers = {name: value for name, value in given.headers if name.lower() not in others}
    known = {name.lower() for name in headers}
    headers |= {name: value for name, value in _make_ids(request).items() if name.lower() not in known}
    kind = _TYPES.get(request.protocol)
    if kind and _is_of_nobody(headers.get("Content-Type", ""), request):
        headers["Content-Type"] = kind
    body = given.body.replace(_SAME, f">{uuid4()}<".encode(), 1) if request.protocol == "ec2" else given.body
    length = next((value for name, value in given.headers if name.lower() == "content-length"), None)
    if length is not None:
        headers["Content-Length"] = str(int(length) + len(body) - len(given.body))  # HEAD has one, and no body
    return replace(given, headers=list(headers.items()), body=body)


def _make_ids(request: Request) -> dict[str, str]:
    if request.service == "s3":
        return {"x-amz-request-id": token_hex(8).upper(), "x-amz-id-2": b64encode(token_bytes(56)).decode()}
    return {"x-amzn-RequestId": str(uuid4())}


def _is_of_nobody(content_type: str, request: Request) -> bool:
    """Return whether a content type is that of the web server; of a payload it can be any other (rest-json)."""
    if request.protocol == "json":
        return not content_type.startswith("application/x-amz-json")
    return not content_type or content_type.startswith("text/html")

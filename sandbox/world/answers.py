"""An answer of the AWS API, as the door sends it."""

from dataclasses import dataclass

from sandbox.world.refusals import Refusal, make_body, make_headers
from sandbox.world.request import Request


@dataclass(frozen=True)
class Answer:
    """`status` is HTTP's line ("200 OK"); `error` is the error's code, or "" when the call succeeded."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes
    error: str = ""


def refuse(refusal: Refusal, request: Request) -> Answer:
    """Say a refusal in the request's own protocol."""
    content_type, body = make_body(refusal, request.protocol)
    return Answer(f"{refusal.status} Refused", make_headers(refusal, content_type), body, refusal.code)

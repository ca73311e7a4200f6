"""A whole MIME document where one part of it is asked for: said so, with what to write in its place."""

import base64
import binascii
import re
from email import message_from_string
from email.message import Message

from userdata.parts import KINDS
from userdata.rules.finding import Finding

_BEGINS = re.compile(
    r"\s*(From [^\n]*\n)?([A-Za-z-]+:[^\n]*\n([ \t][^\n]*\n)*)*?(MIME-Version:|Content-Type:\s*multipart/)", re.I
)
_TYPES = {kind.content_type: name for name, kind in KINDS.items()}


def refuse(name: str, text: str) -> Finding | None:
    """The finding for a text that is a MIME document of its own, in base64 too; None for any other."""
    document = text if _BEGINS.match(text) else _from_base64(text)
    if document is None:
        return None
    leaves = [part for part in message_from_string(document.lstrip()).walk() if not part.is_multipart()]
    entries = "\n".join(f"  - {_entry(number, part)}" for number, part in enumerate(leaves, start=1))
    return Finding(
        f"user data: the part {name} is a whole MIME document",
        "Kiln writes the MIME document itself: an entry of user_data is one part of it, without headers and boundaries",
        f"Write an entry for each of its parts, with its text in a file (or as content: |):\nuser_data:\n{entries}",
        True,
        1,
    )


def _from_base64(text: str) -> str | None:
    packed = "".join(text.split())
    if len(packed) < 40 or not re.fullmatch(r"[A-Za-z0-9+/]+={0,2}", packed):
        return None
    try:
        inner = base64.b64decode(packed, validate=True).decode(errors="replace")
    except (binascii.Error, ValueError):
        return None
    return inner if _BEGINS.match(inner) else None


def _entry(number: int, part: Message) -> str:
    name = re.sub(r"[^A-Za-z0-9._-]", "-", part.get_filename() or f"part-{number}").strip("-._") or f"part-{number}"
    kind = _TYPES.get(part.get_content_type(), "shell-script")
    return f"{{name: {name}, type: {kind}, source: {name}}}"

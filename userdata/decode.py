"""Any user data, taken apart as cloud-init does it: for people to read, and to compare what it says."""

import base64
import binascii
import gzip
import zlib
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

from kiln.errors import UserError
from userdata import dense
from userdata.parts import KINDS

_GZIP_MAGIC = b"\x1f\x8b"
_MOST = 4 * 1024 * 1024  # what 16 KiB of user data may become; more is a bomb
# How cloud-init tells a part that says nothing of its type (handlers/__init__.py, INCLUSION_TYPES_MAP).
_BEGINNINGS = {
    "#include-once": "text/x-include-once-url",
    "#include": "text/x-include-url",
    "#!": "text/x-shellscript",
    "#cloud-config-archive": "text/cloud-config-archive",
    "#cloud-config": "text/cloud-config",
    "#cloud-boothook": "text/cloud-boothook",
    "## template: jinja": "text/jinja2",
}
_WORDS = {part.content_type: part.kind for part in KINDS.values()}


@dataclass(frozen=True)
class Decoded:
    """One part: `kind` is cloud-config, shell-script, boothook or a MIME type; `packed` its bytes as they were sent."""

    name: str
    kind: str
    text: str
    packed: int
    encoding: str  # plain, base64, gzip, or xz for a script that Kiln packed (`userdata.dense`)


def from_base64(text: str) -> bytes:
    """User data as the API gives it (base64); raises UserError for what is none."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise UserError("this user data cannot be read", f"it is not base64 ({error})") from None


def decode(data: bytes) -> tuple[Decoded, ...]:
    """The parts of user data in their order: MIME multi-part, or one script or cloud-config, compressed or not.

    Raises UserError for a part that is damaged.
    """
    if data.startswith(_GZIP_MAGIC):
        data = _decompressed("the user data", data)
    if not data.strip():
        return ()
    if b"mime-version:" not in data[:4096].lower():  # where cloud-init looks, too
        text = data.decode(errors="replace")
        return (Decoded("user-data", _kind("", text), text, len(data), "plain"),)
    leaves = [part for part in message_from_bytes(data).walk() if not part.is_multipart()]
    return tuple(_decoded(part, f"part-{number:03d}") for number, part in enumerate(leaves, start=1))


def _decoded(part: Message, fallback: str) -> Decoded:
    name = part.get_filename() or fallback
    content = part.get_payload(decode=True)
    raw = content if isinstance(content, bytes) else b""
    declared = part.get_content_type()
    encoded = str(part.get("Content-Transfer-Encoding", "")).lower() == "base64"
    encoding = "base64" if encoded else "plain"
    if raw.startswith(_GZIP_MAGIC):
        raw, declared, encoding = _decompressed(name, raw), "", "gzip"
    text, packed = raw.decode(errors="replace"), len(str(part.get_payload()))
    if (inner := dense.unpack(text)) is not None:
        text, encoding = inner, "xz"
    return Decoded(name, _kind(declared, text), text, packed, encoding)


def _kind(declared: str, text: str) -> str:
    content_type = declared
    if declared in {"", "text/plain", "text/x-not-multipart", "text/x-shellscript"}:
        content_type = next(
            (kind for begin, kind in _BEGINNINGS.items() if text.startswith(begin)), declared or "text/plain"
        )
    return _WORDS.get(content_type, content_type)


def _decompressed(name: str, raw: bytes) -> bytes:
    try:
        unzip = zlib.decompressobj(wbits=31)
        content = unzip.decompress(raw, _MOST)
        if unzip.unconsumed_tail:
            raise UserError(f"{name} is not user data", f"it unpacks to more than {_MOST} bytes")
        if not unzip.eof:
            raise gzip.BadGzipFile("it ends too early")
    except (zlib.error, gzip.BadGzipFile) as error:
        raise UserError(f"{name} cannot be decompressed", str(error)) from None
    return content

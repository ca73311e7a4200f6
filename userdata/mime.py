"""User data as MIME multi-part, the one form that AWS Batch takes (AWS Batch User Guide, "Use Amazon EC2 user data in
launch templates"): deterministic byte for byte."""

import base64
import gzip
import hashlib
import io
from collections.abc import Sequence

from kiln import words
from kiln.errors import UserError
from userdata.parts import Part

LIMIT = 16 * 1024
"""Bytes of user data before base64 (Amazon EC2 User Guide, "Run commands when you launch an EC2 instance")."""

ROOM_FOR_BATCH = 1024
"""Bytes that are better left free: AWS Batch merges a part of its own into a launch template's user data (same source),
with the cluster's name in it. How large it is, AWS does not say."""

_LONGEST_LINE = 998  # RFC 5322, 2.1.1
_GZIP = "application/gzip"


def compose(parts: Sequence[Part]) -> bytes:
    """The parts in their order, b"" for none; equal parts give equal bytes.

    File names begin with the part's number: cloud-init runs shell scripts in the order of their names. Raises
    UserError, naming the largest part, for more than `LIMIT` bytes.
    """
    entities, whole = _composed(parts)
    if len(whole) > LIMIT:
        raise _too_large(len(whole), {part.name: len(entity) for part, entity in zip(parts, entities, strict=True)})
    return whole


def leaves_room(parts: Sequence[Part]) -> bool:
    """Whether the parts together leave AWS Batch the room for its own."""
    return len(_composed(parts)[1]) <= LIMIT - ROOM_FOR_BATCH


def _composed(parts: Sequence[Part]) -> tuple[list[bytes], bytes]:
    if not parts:
        return [], b""
    entities = [_entity(f"{number:02d}-{part.name}", part) for number, part in enumerate(parts)]
    boundary = b"kiln-" + hashlib.sha256(b"\0".join(entities)).hexdigest()[:16].encode()
    head = b'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="' + boundary + b'"\n\n'
    body = b"".join(b"--" + boundary + b"\n" + entity + b"\n" for entity in entities)
    return entities, head + body + b"--" + boundary + b"--\n"


def _entity(filename: str, part: Part) -> bytes:
    """Headers and body in the smallest of the forms that cloud-init decodes; plain where that is as small."""
    raw = part.text.encode()
    forms = [_encoded(part.content_type, filename, raw)]
    if raw.isascii():
        # Only ASCII is compressed: cloud-init forgets the character set of what it decompresses (user_data.py).
        forms.append(_encoded(_GZIP, filename, _compressed(raw)))
    if raw.isascii() and b"\r" not in raw and max(map(len, raw.split(b"\n"))) <= _LONGEST_LINE:
        forms.insert(0, _headers(part.content_type, filename, "7bit") + raw)
    return min(forms, key=len)


def _encoded(content_type: str, filename: str, raw: bytes) -> bytes:
    return _headers(content_type, filename, "base64") + base64.encodebytes(raw).rstrip(b"\n")


def _headers(content_type: str, filename: str, encoding: str) -> bytes:
    charset = "" if content_type == _GZIP else '; charset="utf-8"'
    return (
        f"Content-Type: {content_type}{charset}\nContent-Transfer-Encoding: {encoding}\n"
        f'Content-Disposition: attachment; filename="{filename}"\n\n'
    ).encode()


def _compressed(raw: bytes) -> bytes:
    packed = io.BytesIO()
    # GzipFile and not gzip.compress, whose header says which system wrote it.
    with gzip.GzipFile(filename="", fileobj=packed, mode="wb", compresslevel=9, mtime=0) as zipped:
        zipped.write(raw)
    return packed.getvalue()


def _too_large(size: int, sizes: dict[str, int]) -> UserError:
    largest = max(sizes, key=lambda name: sizes[name])
    listed = ", ".join(f"{name} {words.format_size(count)}" for name, count in sizes.items())
    return UserError(
        f"the user data is too large: {size} bytes, {LIMIT} are allowed",
        f"its largest part is {largest} ({words.format_size(sizes[largest])} of {listed}; packed and encoded)",
        "Build an image that carries it (invoke build-ami), or let the part fetch what it needs.",
    )

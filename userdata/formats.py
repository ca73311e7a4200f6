"""The other formats that cloud-init reads, given where a part of one of Kiln's three types is asked for.

Source: cloud-init's documentation, "User-data formats". What a text is, its first line says.
"""

import base64
import binascii
import re

import yaml

from userdata.parts import KINDS
from userdata.rules.finding import Finding

_TYPES = {kind.content_type: name for name, kind in KINDS.items()}
_BEGINNINGS = {"shell-script": "#!/bin/bash", "cloud-config": "#cloud-config", "boothook": "#cloud-boothook"}
_ARCHIVE = "#cloud-config-archive"
_OTHERS = (
    (r"##\s*template:\s*jinja", "is a jinja template", "cloud-init fills no template in within a part of these types",
     "Write it without {{ }}, and let a script ask for what changes from machine to machine: cloud-init query "
     "v1.instance_id, for example"),
    (r"#include(-once)?\b", "only names addresses", "a part holds its text itself: so it is known what a machine does",
     "Put what lies there into a file and name that under source, or fetch it in a shell-script: curl -fsSL ADDRESS -o "
     "/run/setup.sh && bash /run/setup.sh"),
    (r"#part-handler\b", "teaches cloud-init another format", "Kiln writes parts of three types alone",
     "Write what it would handle as cloud-config, shell-script or boothook."),
    (r"#upstart-job\b", "is a job of upstart", "Amazon Linux 2 and 2023 have systemd and no upstart",
     "Write a unit of systemd, under files or with write_files of a cloud-config."),
)  # fmt: skip


def refuse(name: str, type_: str, text: str) -> Finding | None:
    """The finding for a text that is no part of the type that it is given as; None for one that is."""
    if text.startswith(KINDS[type_].first_line) and not text.startswith(_ARCHIVE):
        return None
    what, why, hint = _tell(type_, text)
    return Finding(f"user data: the part {name} {what}", why, hint, True, 1)


def _tell(type_: str, text: str) -> tuple[str, str, str]:
    begins, plain = _BEGINNINGS[type_], text.lstrip("\ufeff \t\r\n")
    if text.startswith("\ufeff"):
        why = "cloud-init knows a text by its first characters, and these are in front of them"
        return "begins with a byte order mark", why, "Save it as UTF-8 without one: sed -i '1s/^\\xEF\\xBB\\xBF//' FILE"
    if plain.startswith(_ARCHIVE):
        return _archive(plain)
    for pattern, what, why, hint in _OTHERS:
        if re.match(pattern, plain):
            return what, why, hint
    if _is_packed(text):
        why = "Kiln packs and encodes user data itself, and reads it before"
        return "is packed (gzip or base64)", why, "Give the plain text: base64 -d FILE | gunzip > PLAIN"
    if plain.startswith(KINDS[type_].first_line) and plain != text:
        return "begins with blanks", f"cloud-init wants {begins} as its first characters", f"Begin it with {begins}."
    for other, kind in KINDS.items():
        if other != type_ and plain.startswith(kind.first_line) and (type_, other) != ("boothook", "shell-script"):
            return (
                f"is a {other}, and its type is {type_}",
                f"it begins with {kind.first_line}",
                f"Write type: {other}.",
            )
    return _unmarked(type_, plain, begins)


def _unmarked(type_: str, plain: str, begins: str) -> tuple[str, str, str]:
    what = f"is not a {type_}"
    why = f"it does not begin with {KINDS[type_].first_line}, by which cloud-init knows one"
    first = plain.split("\n", 1)[0].strip()
    if re.fullmatch(r"#\s+cloud-(config|boothook)", first):
        return what, why, f"Write {begins}, without a blank behind the #."
    if re.fullmatch(r"#\s*cloud[ _-]?(config|boothook).*", first):
        return what, why, f"Write {begins} as its first line, in place of {first[:40]}."
    if type_ == "boothook" and first.startswith("#!"):
        return what, why, "Write #cloud-boothook above its first line."
    return what, why, f"Write {begins} as its first line, or give its real type."


def _archive(text: str) -> tuple[str, str, str]:
    """The entries that its items would be here."""
    try:
        items = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        items = None
    entries = [_entry(number, item) for number, item in enumerate(items if isinstance(items, list) else [], start=1)]
    why = "Kiln puts the parts together itself: an entry of user_data is one of them"
    listed = "\n".join(["user_data:", *(f"  - {entry}" for entry in entries)])
    hint = f"Write an entry for each of its items, with its text in a file (or as content: |):\n{listed}"
    return "is a whole archive of cloud-configs", why, hint


def _entry(number: int, item: object) -> str:
    keys = item if isinstance(item, dict) else {"content": item}
    text = str(keys.get("content", "")).lstrip()
    begun = next((name for name, kind in KINDS.items() if text.startswith(kind.first_line)), "cloud-config")
    name = (
        re.sub(r"[^A-Za-z0-9._-]", "-", str(keys.get("filename") or f"part-{number}")).strip("-._") or f"part-{number}"
    )
    return f"{{name: {name}, type: {_TYPES.get(str(keys.get('type')), begun)}, source: {name}}}"


def _is_packed(text: str) -> bool:
    packed = "".join(text.split())
    if len(packed) < 16 or not re.fullmatch(r"[A-Za-z0-9+/]+={0,2}", packed):
        return False
    try:
        inner = base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError):
        return False
    return inner.startswith((b"\x1f\x8b", b"#"))

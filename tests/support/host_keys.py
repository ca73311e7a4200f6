"""Public host keys out of a text: a line of one, or the print of cloud-init on a console."""

import base64
import binascii
import re

import paramiko

# cloud-init's module keys_to_console prints them between these marks; a console may add a prefix and carriage returns.
MARKED = re.compile(r"-----BEGIN SSH HOST KEY KEYS-----(.*?)-----END SSH HOST KEY KEYS-----", re.DOTALL)
KEY_LINE = re.compile(r"\b((?:ssh|ecdsa)-[a-z0-9-]+) ([A-Za-z0-9+/]+={0,2})")


def from_line(line: str) -> paramiko.PKey:
    """The public key in a line such as `ssh-ed25519 AAAA… comment`; raises ValueError when there is none."""
    found = KEY_LINE.search(line)
    if not found:
        raise ValueError(f"no public key in {line!r}")
    try:
        blob = base64.b64decode(found[2], validate=True)
        key = paramiko.PKey.from_type_string(found[1], blob)
    except (paramiko.SSHException, paramiko.UnknownKeyType, binascii.Error, ValueError, IndexError) as error:
        raise ValueError(f"not a public key: {line!r}") from error
    if key.asbytes() != blob:  # paramiko fills up a torn key with zeros
        raise ValueError(f"not a whole public key: {line!r}")
    return key


def from_console(output: str) -> list[paramiko.PKey]:
    """The host keys that cloud-init printed on the console, of its last complete print; [] before that.

    Types that paramiko does not know, and lines torn by other console output, are left out.
    """
    prints = MARKED.findall(output)
    keys = []
    for line in prints[-1].splitlines() if prints else ():
        try:
            keys.append(from_line(line))
        except ValueError:
            continue
    return keys

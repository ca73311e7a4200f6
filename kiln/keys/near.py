"""What a wrong value was probably meant to be, by what it looks like; who asks tries whether it would be taken."""

import difflib
import re
from collections.abc import Iterator
from typing import Any, get_origin

from kiln.keys.takes import Declared, Takes, takes, telling_key

# The beginnings of AWS's ids ("Resource IDs", Amazon EC2 User Guide), and whose they are.
_IDS = {
    "vpc-": "a VPC", "subnet-": "a subnet", "sg-": "a security group", "ami-": "an AMI", "i-": "an instance",
    "vol-": "a volume", "snap-": "a snapshot", "lt-": "a launch template", "eni-": "a network interface",
    "igw-": "an internet gateway", "nat-": "a NAT gateway", "rtb-": "a route table", "acl-": "a network ACL",
    "vpce-": "a VPC endpoint", "pl-": "a prefix list", "key-": "a key pair", "eipalloc-": "an Elastic IP address",
}  # fmt: skip
ASK = "did you mean this?"
_UNITS = ("GiB", "MiB", "min", "d", "%")
_IN_SECONDS = 300


def candidates(value: Any, text: str, declares: Declared) -> Iterator[tuple[Any, str]]:
    """Values that may have been meant, the likeliest first, each with how it differs; `text` is how it is written."""
    if isinstance(value, str):
        yield from _of_text(value, declares)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _with_unit(text or str(value), declares)
        yield text or str(value), "put it in quotes"
    if isinstance(value, list) and len(value) == 1 and get_origin(declares.annotation) is not tuple:
        yield value[0], "write it alone, without a list"
    if isinstance(value, list) and len(set(map(repr, value))) < len(value):
        yield list({repr(entry): entry for entry in value}.values()), "write every entry once"
    if not isinstance(value, list | dict) and value is not None:
        parts = [part for part in re.split(r"[,\s]+", value) if part] if isinstance(value, str) else [value]
        yield parts, "write it as a list"
        if tag := telling_key(declares):
            yield {tag[0]: value}, "write it behind its key"


def _with_unit(number: str, declares: Declared) -> Iterator[tuple[str, str]]:
    """The number with the example's unit; a large number of a time is one of seconds, as AWS counts nearly all."""
    unit = next((unit for unit in _UNITS if takes(declares).example.endswith(unit)), "")
    if unit == "min" and re.fullmatch(r"\d{3,18}", number) and int(number) >= _IN_SECONDS:
        yield f"{number} s", "write the unit behind it"
    yield f"{number} {unit}", "write the unit behind it"


def _of_text(value: str, declares: Declared) -> Iterator[tuple[Any, str]]:
    bare, meant = value.strip(), takes(declares)
    if bare != value:
        yield bare, "leave out the blanks around it"
    if re.fullmatch(r"[+-]?\d{1,18}", bare):
        yield int(bare), "write it as a plain number"
        yield from _with_unit(bare, declares)
    if bare.lower() in {"true", "yes", "on", "false", "no", "off"}:
        yield bare.lower() in {"true", "yes", "on"}, "write it without quotes"
    yield bare.lower(), "write it in small letters"
    yield bare.upper(), "write it in capital letters"
    yield from ((near, ASK) for near in meant.near(value))
    for part in _parts(bare, is_bucket="bucket" in meant.words):
        yield part, "leave out what stands around it"
    for word in (bare, bare.lower(), re.sub(r"[^A-Za-z0-9]+", "_", bare), re.sub(r"[^A-Za-z0-9]+", "_", bare).upper()):
        yield from ((near, ASK) for near in difflib.get_close_matches(word, meant.known, n=1))
    if bare.startswith("*"):
        yield bare.lstrip("*"), "leave out the '*' at its beginning"
    if " " not in meant.example or meant.example.endswith(_UNITS):
        yield from _spelled(bare)


def _spelled(text: str) -> Iterator[tuple[str, str]]:
    """Other letters and other signs between words, for names: a text of several words is not one."""
    if text.endswith(":"):
        yield text.rstrip(":"), "leave out the ':' at its end"
    for base in (text, text.lower(), text.upper()):
        for old, new in (("_", "-"), ("-", "_"), (" ", "-"), (" ", "_"), ("_", "."), (" ", ""), (":", "-"), (".", "-")):
            how = f"write '{new}' where it has '{old}'" if new else "leave out the blanks"
            yield base.replace(old, new), how + (" and other letters" if base != text else "")
    yield f"/{text.strip('/')}", "an absolute path begins with '/'"
    yield f"{text.rstrip('/')}/", "a folder ends with '/'"
    yield text.rstrip("/"), "leave out the '/' at its end"
    if not re.fullmatch(r"[\w\s.:/-]+", text) or "://" in text:
        return  # a pattern, a group, an address: what is left of it without these signs is nothing that was meant
    yield re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-").lower(), "keep to small letters, digits and '-'"
    yield re.sub(r"[^A-Za-z0-9]+", "", text).lower(), "keep to small letters and digits"
    yield re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_"), "keep to letters, digits and '_'"


def _parts(text: str, *, is_bucket: bool) -> Iterator[str]:
    """A bucket's name out of an address of S3, a resource's name out of its ARN."""
    if bucket := re.match(r"s3[an]?://([^/]+)", text) or re.match(r"arn:[^:]*:s3:::([^/]+)", text):
        yield bucket[1]
    if is_bucket and (host := re.match(r"https?://(?:s3[.-][^/]*/)?([^/.]+)", text)):
        yield host[1]
    if text.startswith("arn:"):
        yield text.rpartition("/")[2]
        yield text.rpartition(":")[2]
    yield text.removeprefix("https://").removeprefix("docker://")


def other_id(value: Any, needed: Takes) -> str:
    """`it is the id of a VPC` for an id of another kind than the example's; of the same kind, how its ids look."""
    prefix = re.match(r"([a-z]+-)(?:[0-9a-f]{8}|[0-9a-f]{17})$", value) if isinstance(value, str) else None
    kind = _IDS.get(prefix[1], "") if prefix else ""
    if prefix and kind and not needed.example.startswith(prefix[1]):
        return f"it is the id of {kind}"
    prefix = re.match(r"([a-z]+-)(?=[0-9a-f]{8,17}$)", needed.example)
    if isinstance(value, str) and prefix and value.lower().startswith(prefix[0]):
        return f"behind {prefix[0]} an id has 8 or 17 of the signs 0-9 and a-f"
    return ""

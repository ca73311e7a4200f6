"""Law: how a bucket encrypts what is written: by which key, and that callers may bring no keys of their own (SSE-C).

Sources in the Amazon S3 documentation: API_ServerSideEncryptionRule.html (no member is required; moto demands the
first), API_DeleteBucketEncryption.html (it "resets the default encryption for the bucket" to SSE-S3), and in the user
guide blocking-unblocking-s3-c-encryption-gpb.html ("Starting April 2026 … for all new general purpose buckets": 403
AccessDenied; NONE allows SSE-C). What a rule does not name stays as it was. Where SSE-C is allowed it is not imitated.
"""

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from moto.s3.exceptions import MalformedXML, S3AccessDeniedError

_DEFAULT, _BLOCKED, _KEY = "ApplyServerSideEncryptionByDefault", "BlockedEncryptionTypes", "BucketKeyEnabled"
_ALGORITHMS = ("AES256", "aws:kms", "aws:kms:dsse")
_CALLERS_KEY, _TYPES = "SSE-C", ("NONE", "SSE-C")
_HEADER = "x-amz-server-side-encryption-customer-algorithm"

Configuration = dict[str, Any]


def make_default() -> Configuration:
    """Make the configuration of a new bucket, the way that moto keeps one."""
    return {"Rule": {_DEFAULT: {"SSEAlgorithm": "AES256"}, _KEY: "false", _BLOCKED: [_CALLERS_KEY]}}


def change(before: Configuration | None, body: bytes | str) -> Configuration:
    """Change a configuration as PutBucketEncryption asks; MalformedXML where it asks for nothing that there is."""
    root = ElementTree.fromstring(body)  # noqa: S314  # of this machine's own clients
    rules = [element for element in root if _name(element) == "Rule"]
    asked = _read(rules[0]) if len(rules) == 1 else {}
    default, blocked = asked.get(_DEFAULT), asked.get(_BLOCKED)
    wrong = default is not None and default.get("SSEAlgorithm") not in _ALGORITHMS
    if not asked or wrong or (blocked is not None and (not blocked or not set(blocked) <= set(_TYPES))):
        raise MalformedXML()
    return {"Rule": {**(before or make_default())["Rule"], **asked}}


def reset(before: Configuration | None) -> Configuration:
    """Go back to S3's own key; what is blocked stays so."""
    kept = (before or {}).get("Rule", {}).get(_BLOCKED, [_CALLERS_KEY])
    return {"Rule": {**make_default()["Rule"], _BLOCKED: kept}}


def describe(configuration: Configuration | None) -> dict[str, Any]:
    """Describe it as GetBucketEncryption does."""
    rule = (configuration or make_default())["Rule"]
    described = {_DEFAULT: rule[_DEFAULT], _KEY: rule.get(_KEY) == "true"}
    return {"Rules": [described | {_BLOCKED: {"EncryptionType": rule[_BLOCKED]}} if _BLOCKED in rule else described]}


def check_write(bucket: Any, headers: Mapping[str, str]) -> None:
    """Refuse an object that is to be encrypted by a key of the caller's own."""
    if not headers.get(_HEADER):
        return
    if _CALLERS_KEY in ((bucket.encryption or make_default())["Rule"].get(_BLOCKED) or []):
        raise S3AccessDeniedError()
    raise NotImplementedError("server-side encryption with customer-provided keys (SSE-C)")


def _read(rule: Any) -> dict[str, Any]:
    """Read the members of a rule that are given."""
    found: dict[str, Any] = {}
    for member in rule:
        if _name(member) == _DEFAULT:
            found[_DEFAULT] = {_name(part): part.text or "" for part in member}
        elif _name(member) == _BLOCKED:
            found[_BLOCKED] = [part.text or "" for part in member.iter() if _name(part) == "EncryptionType"]
        elif _name(member) == _KEY:
            found[_KEY] = member.text or "false"
    return found


def _name(element: Any) -> str:
    """Without its namespace."""
    return str(element.tag.rpartition("}")[2])

"""What buckets are held to, as a definition says it and as S3 does (pure).

Sources: Amazon S3 API Reference (PutBucketEncryption, PutPublicAccessBlock, PutBucketLifecycleConfiguration); "Require
HTTPS for requests", Amazon S3 User Guide.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from environments.spec.storage import Bucket

TLS = "KilnTlsOnly"
_EXPIRE = "kiln-expire"
BLOCK = {
    "BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True,
}  # fmt: skip


def fields(bucket: Bucket) -> dict[str, Any]:
    """What the definition wants of a bucket of Kiln's."""
    return {
        "encryption": bucket.kms_key or "AES256",
        "public access": "blocked",
        "TLS": "required",
        "expire": f"{bucket.expire} after {bucket.expire_days} days" if bucket.expire else "never",
        "versioning": bucket.versioning,
    }


def encryption(answer: Mapping[str, Any]) -> str:
    """GetBucketEncryption's answer in a word: a key, AES256 or none."""
    rules = answer.get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
    default = rules[0].get("ApplyServerSideEncryptionByDefault", {}) if rules else {}
    return str(default.get("KMSMasterKeyID") or default.get("SSEAlgorithm") or "none")


def expire(rules: Sequence[Mapping[str, Any]]) -> str:
    """What Kiln's own lifecycle rule says: never, or FOLDER after N days."""
    own = next((rule for rule in rules if rule.get("ID") == _EXPIRE and rule.get("Status") == "Enabled"), None)
    if own is None:
        return "never"
    return f"{own.get('Filter', {}).get('Prefix', '')} after {own.get('Expiration', {}).get('Days')} days"


def tls(name: str, partition: str) -> dict[str, Any]:
    """The statement of a bucket policy that refuses whatever comes without TLS."""
    arn = f"arn:{partition}:s3:::{name}"
    return {
        "Sid": TLS, "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }  # fmt: skip


def encryption_rule(key: str) -> dict[str, Any]:
    """The rule of PutBucketEncryption; `key` is a KMS key or AES256."""
    if key == "AES256":
        return {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    by = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    return {"ApplyServerSideEncryptionByDefault": by, "BucketKeyEnabled": True}


def lifecycle(desired: str, there: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """All lifecycle rules of a bucket: Kiln's own as `expire` says it, and what others put `there`."""
    rules = [rule for rule in there if rule.get("ID") != _EXPIRE]
    folder, _, days = desired.removesuffix(" days").rpartition(" after ")
    if folder:
        rules.append({
            "ID": _EXPIRE, "Status": "Enabled", "Filter": {"Prefix": folder}, "Expiration": {"Days": int(days)},
            "NoncurrentVersionExpiration": {"NoncurrentDays": int(days)},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
        })  # fmt: skip
    return rules

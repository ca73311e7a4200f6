"""What a call of S3 must be allowed. S3's actions are not named like its operations.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html,
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
"""

from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from sandbox.iam.evaluation.policy import Question
from sandbox.world.request import Request

# Sub-resource of a bucket → what the actions on it are called.
_BUCKET = {
    "accelerate": "AccelerateConfiguration", "acl": "BucketAcl", "cors": "BucketCORS",
    "encryption": "EncryptionConfiguration", "lifecycle": "LifecycleConfiguration", "location": "BucketLocation",
    "logging": "BucketLogging", "notification": "BucketNotification", "object-lock": "BucketObjectLockConfiguration",
    "ownershipControls": "BucketOwnershipControls", "policy": "BucketPolicy", "policyStatus": "BucketPolicyStatus",
    "publicAccessBlock": "BucketPublicAccessBlock", "replication": "ReplicationConfiguration",
    "tagging": "BucketTagging", "versioning": "BucketVersioning", "website": "BucketWebsite",
}  # fmt: skip
# Taking these away is allowed by the action that sets them.
_DELETED_BY_PUT = set(_BUCKET) - {"policy", "website"}


def ask(request: Request) -> Iterator[Question]:
    method, query = request.http.method, request.http.query
    bucket, _, key = request.http.path.lstrip("/").partition("/")
    if not bucket:
        yield Question("s3:ListAllMyBuckets")
    elif key:
        yield from _ask_for_object(request, bucket, key)
    else:
        action, arn = _name_bucket_action(method, query), f"arn:aws:s3:::{bucket}"
        given = {f"s3:{name}": (query[name][0],) for name in ("prefix", "delimiter", "max-keys") if name in query}
        yield Question(f"s3:{action}", f"{arn}/*" if "delete" in query else arn, given)


def _name_bucket_action(method: str, query: Mapping[str, list[str]]) -> str:
    kind = next((_BUCKET[name] for name in query if name in _BUCKET), "")
    if kind:
        name = next(name for name in query if name in _BUCKET)
        taken_by_put = method == "DELETE" and name in _DELETED_BY_PUT
        return {"GET": "Get", "PUT": "Put", "DELETE": "Put" if taken_by_put else "Delete"}[method] + kind
    if "delete" in query:
        return "DeleteObject"
    if "versions" in query:
        return "ListBucketVersions"
    if "uploads" in query:
        return "ListBucketMultipartUploads"
    return {"PUT": "CreateBucket", "DELETE": "DeleteBucket"}.get(method, "ListBucket")


def _ask_for_object(request: Request, bucket: str, key: str) -> Iterator[Question]:
    method, query = request.http.method, request.http.query
    verb = {"GET": "Get", "HEAD": "Get", "DELETE": "Delete"}.get(method, "Put")
    kind = "ObjectTagging" if "tagging" in query else "ObjectAcl" if "acl" in query else "Object"
    version = "Version" if "versionId" in query else ""
    action = f"{verb}Object{version}{kind.removeprefix('Object')}"
    if "uploadId" in query and method in ("GET", "DELETE"):
        action = "ListMultipartUploadParts" if method == "GET" else "AbortMultipartUpload"
    yield Question(f"s3:{action}", f"arn:aws:s3:::{bucket}/{key}")
    source = unquote(request.http.copy_source).lstrip("/")
    if source:
        yield Question("s3:GetObject", f"arn:aws:s3:::{source.partition('?')[0]}")

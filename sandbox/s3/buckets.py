"""Laws of S3's buckets: names that others have, where a bucket lies, and how it is made since 2023.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html (BucketAlreadyExists: "The requested
bucket name is not available. The bucket namespace is shared by all users of the system"),
https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html (403 for what is another account's),
https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html,
https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html (AES256 since January 2023) and
create-bucket-faq.html (public access blocked, bucket owner enforced, since April 2023).
"""

import re
from typing import Any

from moto.s3.exceptions import InvalidBucketName
from moto.s3.models import PublicAccessBlock, S3Backend

from sandbox.world.incoming import Incoming
from sandbox.world.refusals import Refusal

# Names that are taken: other accounts have them (https://registry.opendata.aws).
OTHERS = frozenset({"1000genomes", "commoncrawl", "gatk-test-data", "genomics-public-data", "ngi-igenomes"})

_create = S3Backend.create_bucket
_RESERVED = re.compile(r"^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$")


def create_bucket(self: Any, bucket_name: str, region_name: str, bucket_namespace: str | None = None) -> Any:
    """In the place of moto's, which takes other names too and makes buckets as S3 did before 2023."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", bucket_name) or ".." in bucket_name:
        raise InvalidBucketName()
    if _RESERVED.search(bucket_name) or re.fullmatch(r"\d+\.\d+\.\d+\.\d+", bucket_name):
        raise InvalidBucketName()
    bucket = _create(self, bucket_name, region_name, bucket_namespace)
    bucket.public_access_block = PublicAccessBlock(*("true",) * 4)
    default = {"SSEAlgorithm": "AES256"}
    rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": "false"}
    bucket.encryption = {"Rule": rule}
    ownership: Any = "BucketOwnerEnforced"  # moto keeps the text alone
    bucket.ownership_rule = ownership
    return bucket


def refusal(request: Incoming, query: str) -> Refusal | None:
    """What S3 answers to a call on a bucket of another account; moto would say that there is none."""
    method, _, path = request.action.partition(" ")
    name, _, key = path.lstrip("/").partition("/")
    if request.service != "s3" or name not in OTHERS:
        return None
    if method == "PUT" and not key and not query:
        message = (
            "The requested bucket name is not available. The bucket namespace is shared by all users of the system. "
            "Please select a different name and try again."
        )
        return Refusal("BucketAlreadyExists", message, 409)
    return Refusal("AccessDenied", "Access Denied", 403)

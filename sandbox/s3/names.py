"""Law: which names of buckets S3 takes, and which other accounts have.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html,
https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html (BucketAlreadyExists: "The requested bucket name
is not available. The bucket namespace is shared by all users of the system"),
https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html (403 for what is another account's).
"""

import re

from moto.s3.exceptions import BucketAlreadyExists, InvalidBucketName, S3AccessDeniedError

# Names that are taken: other accounts have them (https://registry.opendata.aws).
OTHERS = frozenset({"1000genomes", "commoncrawl", "gatk-test-data", "genomics-public-data", "ngi-igenomes"})
_RESERVED = re.compile(r"^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$")
_ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+")


def check_new(name: str) -> None:
    """Refuse a name that no bucket may have, or that another account's bucket has."""
    if name in OTHERS:
        raise BucketAlreadyExists(name)
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", name) or ".." in name:
        raise InvalidBucketName()
    if _RESERVED.search(name) or _ADDRESS.fullmatch(name):
        raise InvalidBucketName()


def check_own(name: str) -> None:
    """Refuse another account's bucket; moto would say that there is none."""
    if name in OTHERS:
        raise S3AccessDeniedError()

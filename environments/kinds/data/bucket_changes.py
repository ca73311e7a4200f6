"""Changing an S3 bucket: one call for every rule that differs."""

import json
from collections.abc import Sequence

from cloud.session import Cloud
from environments.kinds.data import bucket_rules
from environments.kinds.data.bucket_state import DesiredBucket, ExistingBucket
from environments.model.resource import Difference


def apply(cloud: Cloud, desired: DesiredBucket, existing: ExistingBucket, changes: Sequence[Difference]) -> None:
    """Bring the fields that differ to what is desired; all else in the bucket's rules stays."""
    s3, fields = cloud.client("s3"), {change.field for change in changes}
    owned = {"Bucket": desired.name, "ExpectedBucketOwner": desired.account}
    if "public access" in fields:
        s3.put_public_access_block(**owned, PublicAccessBlockConfiguration=bucket_rules.BLOCK)
    if "encryption" in fields:
        rule = bucket_rules.encryption_rule(desired.fields["encryption"])
        s3.put_bucket_encryption(**owned, ServerSideEncryptionConfiguration={"Rules": [rule]})
    if "TLS" in fields:
        before = existing.policy
        kept = [statement for statement in before.get("Statement", []) if statement.get("Sid") != bucket_rules.TLS]
        tls = bucket_rules.tls(desired.name, desired.partition)
        document = {"Version": "2012-10-17", **before, "Statement": [*kept, tls]}
        s3.put_bucket_policy(**owned, Policy=json.dumps(document))
    if "expire" in fields:
        if rules := bucket_rules.lifecycle(desired.fields["expire"], existing.rules):
            s3.put_bucket_lifecycle_configuration(**owned, LifecycleConfiguration={"Rules": rules})
        else:
            s3.delete_bucket_lifecycle(**owned)
    if "versioning" in fields:
        status = "Enabled" if desired.fields["versioning"] else "Suspended"
        s3.put_bucket_versioning(**owned, VersioningConfiguration={"Status": status})

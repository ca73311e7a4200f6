"""The default version of a managed policy: read, written anew, and remembered by a tag.

Source: "Versioning IAM policies" (five versions at most; a version never changes), IAM User Guide.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from cloud import tags
from cloud.pages import list_all
from cloud.rights.documents import statements_of
from environments.kinds.iam.statements import Statement, document

DOCUMENT = "kiln:document"  # version and digest of what Kiln wrote last


def make_memo(version: str, statements: Sequence[Statement]) -> str:
    """Make the value of the tag kiln:document."""
    ordered = sorted(statements, key=lambda statement: str(statement.get("Sid", "")))
    return f"{version} {hashlib.sha256(json.dumps(ordered, sort_keys=True).encode()).hexdigest()[:16]}"


def read(iam: Any, arn: str, version: str) -> list[Statement]:
    """Read the statements of a version, like v3."""
    return statements_of(iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"])


def write(iam: Any, arn: str, statements: Sequence[Statement]) -> None:
    """Make a new default version; the oldest is deleted where there are five."""
    versions = list_all(iam, "list_policy_versions", "Versions", PolicyArn=arn)
    if len(versions) >= 5:
        old = [version for version in versions if not version["IsDefaultVersion"]]
        oldest = min(old, key=lambda version: int(version["VersionId"].removeprefix("v")))
        iam.delete_policy_version(PolicyArn=arn, VersionId=oldest["VersionId"])
    made = iam.create_policy_version(PolicyArn=arn, PolicyDocument=document(statements), SetAsDefault=True)
    value = make_memo(made["PolicyVersion"]["VersionId"], statements)
    iam.tag_policy(PolicyArn=arn, Tags=tags.as_list({DOCUMENT: value}))

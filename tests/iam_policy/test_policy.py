"""The policy that `invoke iam-policy` prints: that it names what is called, fits into IAM, and passes a linter."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore import xform_name
from botocore.session import Session

from cloud.policy import SIZE, Permission, Scope, documents, size
from environments.commands import operator_policy
from environments.spec import definitions
from images.needs import needs as images_need
from images.spec.image import ImageSpec
from jobs.needs import needs as jobs_need
from kiln.errors import UserError
from nextflow.needs import DOCKER
from nextflow.needs import needs as nextflow_need
from provision.docker.autoscale_policy import write_policy as storage_policy
from tests.support.cli import Cli

ROOT = Path(__file__).parents[2]
ROOMS = ("cloud", "images", "launch_templates", "environments", "jobs", "nextflow")
SERVICES = ("batch", "ec2", "ecr", "ecs", "iam", "kms", "logs", "pricing", "s3", "service-quotas", "ssm", "sts")
SHIPPED = ("genomics", "genomics-2019", "reference", "salmon")
# Called nowhere, or needing no permission (AWS STS API Reference).
FREE = {"sts:GetCallerIdentity"}
NO_CALLS = {"delete_group", "sign", "terminate_jobs"}  # names of Kiln's own that a service has too
# Where S3 names an action otherwise than its operation ("Actions, resources, and condition keys for Amazon S3").
S3_ACTIONS = {
    "DeleteBucketLifecycle": "PutLifecycleConfiguration", "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "HeadObject": "GetObject",
    "CreateMultipartUpload": "PutObject", "UploadPart": "PutObject", "CompleteMultipartUpload": "PutObject",
    "ListParts": "ListMultipartUploadParts", "ListMultipartUploads": "ListBucketMultipartUploads",
    "HeadBucket": "ListBucket", "ListObjectsV2": "ListBucket", "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock", "ListObjectVersions": "ListBucketVersions",
    "DeleteObjects": "DeleteObject", "ListBuckets": "ListAllMyBuckets",
}  # fmt: skip


def permissions(*names: str, boundary: str = "") -> tuple[Permission, ...]:
    specs = [definitions.load(each) for each in names or SHIPPED]
    return operator_policy.list_permissions(specs, Scope(), boundary, others=[jobs_need, nextflow_need])


def operations() -> dict[str, set[str]]:
    """boto3's method → the services' operations of that name, as service:Operation."""
    session, found = Session(), dict[str, set[str]]()
    for service in SERVICES:
        for name in session.get_service_model(service).operation_names:
            found.setdefault(xform_name(name), set()).add(f"{service.replace('-', '')}:{name}")
    return found


def called(path: Path) -> Iterator[str]:
    """What looks like a method of boto3: attributes, and names given to a paginator."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"[a-z_]+", node.value):
            yield node.value


def test_every_call_that_kiln_makes_is_in_the_policy() -> None:
    known, missing = operations(), set()
    allowed = {action for each in permissions() for action in each.actions} | FREE
    files = [path for room in ROOMS for path in (ROOT / room).rglob("*.py") if not path.name.startswith("needs")]
    seen = 0
    for path in files:
        for name in {each for each in called(path) if each in known and each not in NO_CALLS}:
            seen += 1
            actions = {
                re.sub(r"^(s3):(\w+)$", lambda m: f"s3:{S3_ACTIONS.get(m[2], m[2])}", each) for each in known[name]
            }
            if not actions & allowed:
                missing.add(f"{path.relative_to(ROOT)}: {name}")
    assert seen > 60
    assert missing == set()


def test_no_action_is_allowed_that_no_call_needs() -> None:
    text = {name for room in ROOMS for path in (ROOT / room).rglob("*.py") if not path.name.startswith("needs")
            for name in called(path)}  # fmt: skip
    named = operations()
    needed = {action for name in text if name in named for action in named[name]}
    needed |= {f"s3:{action}" for operation, action in S3_ACTIONS.items() if f"s3:{operation}" in needed}
    needed |= {"s3:DeleteObjectVersion"} if "s3:DeleteObjects" in needed else set()  # where versions are named
    needed |= set(DOCKER)
    unneeded = {action for each in permissions() for action in each.actions} - needed - {"iam:PassRole"}
    assert unneeded == set()


def test_it_is_cut_into_documents_that_iam_takes() -> None:
    many = [Permission(f"S{n}", tuple(f"s3:Get{m}" for m in range(100))) for n in range(20)]
    found = documents(many)
    assert len(found) > 1
    assert all(size(each) <= SIZE for each in found)
    assert [s["Sid"] for each in found for s in each["Statement"]] == [each.sid for each in many]


@pytest.mark.parametrize("names", [*((each,) for each in SHIPPED), SHIPPED])
def test_sids_are_unique_and_no_write_is_unlimited(names: tuple[str, ...]) -> None:
    found = permissions(*names)
    assert len({each.sid for each in found}) == len(found)
    look = ("Describe", "List", "Get")
    for each in found:
        if each.resources == ("*",) and not each.condition:
            assert [a for a in each.actions if not a.partition(":")[2].startswith(look)] == [], each.sid


def test_roles_are_passed_to_their_own_service_alone() -> None:
    passing = [each for each in permissions() if "iam:PassRole" in each.actions]
    assert {each.condition["StringEquals"]["iam:PassedToService"] for each in passing} == {
        "ec2.amazonaws.com", "batch.amazonaws.com", "spotfleet.amazonaws.com", "ecs-tasks.amazonaws.com",
    }  # fmt: skip
    assert all("*" not in arn.rpartition("/")[2] for each in passing for arn in each.resources)


def test_with_a_boundary_no_role_is_made_without_it() -> None:
    arn = "arn:aws:iam::123456789012:policy/limit"
    making = [each for each in permissions("genomics", boundary=arn) if "iam:CreateRole" in each.actions]
    assert [each.sid for each in making] == ["RolesMake", "HeadNodeRolesMake"]
    assert [each.condition for each in making] == [{"StringEquals": {"iam:PermissionsBoundary": [arn]}}] * 2
    assert not any("iam:DeleteRolePermissionsBoundary" in each.actions for each in permissions("genomics"))


def findings(document: dict[str, Any]) -> list[Any]:
    parliament = pytest.importorskip("parliament")
    text = json.dumps(document)
    return [parliament.enhance_finding(each) for each in parliament.analyze_policy_string(text).findings]


def excused(finding: Any, document: dict[str, Any]) -> bool:
    """Three findings of medium severity are not ours to mend.

    A statement that names some of an action's resources (parliament wants all of them in each) is AWS's own way to
    give each its condition (Amazon EC2 User Guide, "Example policies": RunInstances): excused where another statement
    has the rest. Kiln sets the bucket policy that refuses plain HTTP, and the lifecycle, without reading or writing
    objects. ec2:SourceInstanceARN is not in parliament's table for the actions on which AWS's own example uses it
    (IAM User Guide, "Amazon EC2: Attach or detach Amazon EBS volumes").
    """
    if finding.issue == "RESOURCE_MISMATCH":
        return all(_elsewhere(each["action"], each["required_format"], document) for each in finding.detail)
    if finding.issue == "RESOURCE_POLICY_PRIVILEGE_ESCALATION":
        return "s3:PutBucketPolicy" in str(finding.detail) or "s3:PutLifecycleConfiguration" in str(finding.detail)
    return finding.issue == "UNKNOWN_CONDITION_FOR_ACTION" and "ec2:SourceInstanceARN" in str(finding.detail)


def _elsewhere(action: str, required: str, document: dict[str, Any]) -> bool:
    kind = required.rpartition(":")[2].partition("/")[0]
    for each in document["Statement"]:
        arns = each["Resource"] if isinstance(each["Resource"], list) else [each["Resource"]]
        if action in each["Action"] and any(arn.rpartition(":")[2].partition("/")[0] == kind for arn in arns):
            return True
    return False


KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
KEYED = ImageSpec.model_validate(
    {
        "name": "keyed",
        "base": {"ssm": "ecs/al2023"},
        "builder": {"instance_profile": f"arn:aws:iam::{KEY.split(':')[4]}:instance-profile/builders/session"},
        "docker_storage": {"driver": "overlay2"},
        "volumes": {"root": {"kms_key": KEY}},
    }
)
LINTED = [
    *(document for names in (("genomics",), ("genomics-2019",), ("salmon",), SHIPPED)
      for document in documents(permissions(*names))),
    *documents(images_need(Scope(), [KEYED])),
    storage_policy(),
    storage_policy(kms_key=KEY),
]  # fmt: skip


@pytest.mark.parametrize("document", LINTED, ids=range(len(LINTED)))
def test_parliament_finds_nothing_of_medium_severity(document: dict[str, Any]) -> None:
    wrong = [each for each in findings(document) if each.severity in ("MEDIUM", "HIGH", "CRITICAL")]
    assert [each for each in wrong if not excused(each, document)] == []


@pytest.mark.parametrize(
    "statement",
    [
        {"Action": ["ec2:RunInstances"], "Resource": "arn:aws:ec2:*:*:image/*"},
        {"Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::a"},
        {"Action": ["ec2:DeleteVolume"], "Resource": "*", "Condition": {"StringEquals": {"s3:prefix": "a"}}},
    ],
)
def test_parliament_is_listened_to(statement: dict[str, Any]) -> None:
    document = {"Version": "2012-10-17", "Statement": [{"Sid": "S", "Effect": "Allow", **statement}]}
    wrong = [each for each in findings(document) if each.severity in ("MEDIUM", "HIGH", "CRITICAL")]
    assert [each for each in wrong if not excused(each, document)]


def test_the_trust_policy_names_repository_and_environments() -> None:
    told = operator_policy.write_trust_policy("lab/pipelines", ["plan", "apply"], "123456789012")
    [statement] = told["Statement"]
    assert statement["Condition"] == {
        "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": [
                "repo:lab/pipelines:environment:plan", "repo:lab/pipelines:environment:apply",
            ],
        }
    }  # fmt: skip
    for repository, environments in (("lab", ["plan"]), ("lab/*", ["plan"]), ("lab/pipelines", [])):
        with pytest.raises(UserError, match="cannot be trusted"):
            operator_policy.write_trust_policy(repository, environments)


def printed(text: str) -> list[dict[str, Any]]:
    """The documents on stdout, one after the other."""
    return list(json.loads("[" + text.strip().replace("}\n{", "},{") + "]"))


def test_an_image_adds_its_key_and_the_role_of_its_builder(tmp_path: Path) -> None:
    path = tmp_path / "keyed.yaml"
    path.write_text(yaml.safe_dump(KEYED.model_dump(mode="json", exclude_unset=True)))
    done = Cli(tmp_path)("iam-policy", "--image", str(path), "--account", "123456789012")
    told = {each["Sid"]: each for document in printed(done.stdout) for each in document["Statement"]}
    assert told["ImagesLendKeys"]["Resource"] == [KEY]
    assert told["ImagesPassRole"]["Resource"] == ["arn:aws:iam::123456789012:role/session"]


def test_the_task_prints_json_and_refuses_nonsense(tmp_path: Path) -> None:
    invoke = Cli(tmp_path)
    done = invoke("iam-policy", "--env", "salmon", "--account", "123456789012", "--region", "eu-west-1")
    assert printed(done.stdout)[-1]["Version"] == "2012-10-17"
    assert "arn:aws:batch:eu-west-1:123456789012:job-queue/salmonWorkload" in done.stdout
    for wrong in (("--account", "12"), ("--boundary", "limit"), ("--env", "nosuch"), ("--trust", "lab")):
        assert "Why" in invoke("iam-policy", *wrong, code=1).stderr

"""Managed policies as the definition asks for them and as IAM has them."""

from dataclasses import dataclass
from typing import Any

from cloud import errors, tags
from environments.kinds.iam import policy_versions
from environments.kinds.iam.policy_versions import DOCUMENT, make_memo
from environments.model import ownership
from environments.model.resource import Desired, Existing

NAME = "policy"  # of the kind, on screens and in --json


@dataclass(frozen=True, kw_only=True)
class DesiredPolicy(Desired):
    """A managed policy with an environment's own statements in it."""

    arn: str
    environment: str


@dataclass(frozen=True, kw_only=True)
class ExistingPolicy(Existing):
    """A managed policy; `version` is its default version, like v3."""

    version: str


def find(iam: Any, desired: DesiredPolicy) -> ExistingPolicy | None:
    """Find the policy; its document is fetched only where its tag does not say that it is as it should be."""
    arn, environment = desired.arn, desired.environment
    answer = errors.or_none(iam.get_policy, PolicyArn=arn)
    if answer is None:
        return None
    policy = answer["Policy"]
    own, version = tags.as_dict(policy.get("Tags")), policy["DefaultVersionId"]
    sole = not ownership.others(own, environment)
    if sole and own.get(DOCUMENT) == make_memo(version, desired.fields["statements"]):
        statements = desired.fields["statements"]
    else:
        statements = policy_versions.read(iam, arn, version)
    return ExistingPolicy(NAME, desired.name, arn, {"statements": statements}, own, version=version)

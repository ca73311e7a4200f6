"""What whoever registers environments must be allowed: the things of these definitions, by name or tag."""

from typing import Any

import pytest

from cloud.policy import Permission, Scope
from environments.permissions.needs import needs
from environments.spec.environment import EnvironmentSpec

SCOPE = Scope("eu-west-1", "123456789012")
BATCH = "arn:aws:batch:eu-west-1:123456789012:"
JOBS = {"hello": {"image": "busybox", "memory": "512 MiB"}}


def spec(**changes: Any) -> EnvironmentSpec:
    least: dict[str, Any] = {
        "name": "small", "image": "x", "launch_template": "y", "compute_environments": {"one": {}},
        "queues": {"two": {"compute_environments": ["one"]}},
    }  # fmt: skip
    return EnvironmentSpec.model_validate(least | changes)


def by_sid(*specs: EnvironmentSpec) -> dict[str, Permission]:
    return {permission.sid: permission for permission in needs(specs, SCOPE)}


def test_compute_environments_also_under_the_names_of_a_roll_out_and_queues_by_theirs() -> None:
    assert by_sid(spec())["Batch"].resources == (f"{BATCH}compute-environment/one*", f"{BATCH}job-queue/two")


def test_job_definitions_in_all_their_revisions_where_there_are_any() -> None:
    assert "Definitions" not in by_sid(spec())
    assert by_sid(spec(job_definitions=JOBS))["Definitions"].resources == (
        f"{BATCH}job-definition/hello", f"{BATCH}job-definition/hello:*",
    )  # fmt: skip


def test_buckets_and_what_is_in_them_where_there_are_any() -> None:
    assert not {"Buckets", "BucketsEmpty"} & set(by_sid(spec()))
    allowed = by_sid(spec(buckets={"work": {}, "logs": {"name": "our-logs"}}))
    names = ("arn:aws:s3:::our-logs", "arn:aws:s3:::small-123456789012-eu-west-1")
    assert allowed["Buckets"].resources == names
    assert allowed["BucketsEmpty"].resources == tuple(f"{name}/*" for name in names)


@pytest.mark.parametrize("sid", ["Groups1", "Groups2"])
def test_security_groups_of_these_environments_alone(sid: str) -> None:
    allowed = by_sid(spec(), spec(name="other"))
    tag = {"Groups1": "small", "Groups2": "other"}[sid]
    assert allowed[sid].condition == {"Null": {f"aws:ResourceTag/kiln:env:{tag}": "false"}}
    made = allowed["GroupsMake"].condition["ForAnyValue:StringEquals"]["aws:TagKeys"]
    assert made == ["kiln:env:other", "kiln:env:small"]

"""Roles and policies: who may do what, without AWS."""

from dataclasses import replace

from environments.kinds.batch import compute_environments
from environments.kinds.data import buckets
from environments.kinds.iam import roles, service_linked, statements
from environments.model.resource import Desired, Existing
from environments.spec import definitions
from tests.support.inputs import found_like, inputs


def names(desired: tuple[Desired, ...], kind: str) -> list[str]:
    return [each.name for each in desired if each.kind == kind]


def test_the_service_linked_roles_that_are_needed() -> None:
    assert names(service_linked.desired(inputs("genomics")), service_linked.KIND) == [
        "AWSServiceRoleForBatch", "AWSServiceRoleForEC2Spot", "AWSServiceRoleForEC2SpotFleet",
    ]  # fmt: skip
    assert names(service_linked.desired(inputs("genomics-2019")), service_linked.KIND)[0] == "AWSServiceRoleForEC2Spot"
    assert names(service_linked.desired(inputs("salmon")), service_linked.KIND) == ["AWSServiceRoleForBatch"]


def test_whom_each_role_trusts() -> None:
    trust = {each.name: each.fields["trust"] for each in roles.desired(inputs("genomics-2019"))}
    assert trust == {
        "ecsInstanceRole": "ec2.amazonaws.com", "AWSBatchServiceRole": "batch.amazonaws.com",
        "AWSSpotFleetTaggingRole": "spotfleet.amazonaws.com", "NextflowJobRole": "ecs-tasks.amazonaws.com",
    }  # fmt: skip
    assert {each.name: each.fields["trust"] for each in roles.desired(inputs("salmon"))} == {
        "ecsInstanceRole": "ec2.amazonaws.com", "salmon-job-role": "ecs-tasks.amazonaws.com",
    }  # fmt: skip


def test_arns_of_other_partitions() -> None:
    china = replace(inputs("salmon"), region="cn-north-1")
    assert china.managed("x") == "arn:aws-cn:iam::aws:policy/x"
    assert replace(china, region="us-gov-west-1").iam_arn("role", "r") == "arn:aws-us-gov:iam::123456789012:role/r"
    [bucket] = [each for each in buckets.desired(china) if each.use == "work"]
    assert bucket.name == "salmon-123456789012-cn-north-1"


def test_a_role_with_a_path_is_named_by_the_arn_it_has() -> None:
    arn = "arn:aws:iam::123456789012:role/service-role/AWSBatchServiceRole"
    found = Existing("role", "AWSBatchServiceRole", arn, {}, {})
    there = replace(inputs("genomics-2019"), existing={("role", "AWSBatchServiceRole"): found})
    assert {each.fields["serviceRole"] for each in compute_environments.desired(there)} == {arn}


def test_statements_of_other_environments_stay_while_they_are_users() -> None:
    mine, theirs = statements.sid_of("a"), statements.sid_of("b")
    there = [{"Sid": f"{mine}Old"}, {"Sid": f"{theirs}Objects"}, {"Sid": "Look"}]
    assert statements.merged([{"Sid": f"{mine}New"}], there, mine, shared=True) == sorted(
        [{"Sid": f"{mine}New"}, {"Sid": f"{theirs}Objects"}], key=lambda each: each["Sid"]
    )
    assert statements.merged([{"Sid": f"{mine}New"}], there, mine, shared=False) == [{"Sid": f"{mine}New"}]


def test_the_key_of_growing_storage_is_this_environments_own() -> None:
    key = "arn:aws:kms:us-east-1:123456789012:key/abc"
    spec = definitions.load("genomics")
    own = inputs("genomics", roles=spec.roles.model_copy(update={"storage_kms_key": key}))
    plain = {each["Sid"] for each in statements.storage(inputs("genomics"))}
    added = [each for each in statements.storage(own) if each["Sid"] not in plain]
    assert added
    assert all(each["Sid"].startswith(statements.sid_of("genomics")) for each in added)


def test_a_shared_role_loses_nothing_that_others_may_need() -> None:
    [instance, *_] = roles.desired(inputs("salmon"))
    more = [*instance.fields["policies"], "arn:aws:iam::123456789012:policy/ebs-autoscale-policy", "arn:ours:policy/x"]
    known = (*instance.known, "arn:aws:iam::123456789012:policy/ebs-autoscale-policy")
    instance = replace(instance, known=known)
    alone = found_like(instance, policies=more)
    assert [each.field for each in roles.diff(instance, alone)] == ["policy ebs-autoscale-policy"]
    shared = replace(alone, tags={**alone.tags, "kiln:env:genomics": "now"})
    assert roles.diff(instance, shared) == ()

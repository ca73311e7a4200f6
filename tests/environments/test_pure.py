"""The decisions of an environment, without AWS."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import IPv4Network
from typing import Any

import pytest

from cloud.machine_images import Chosen, Disk, MachineImage
from environments import (
    buckets,
    choice,
    compute_environments,
    compute_request,
    definitions,
    desired,
    job_definitions,
    job_queues,
    machines,
    network,
    ownership,
    reasons,
    resource,
    roles,
    rollout,
    security_groups,
    service_linked,
    show,
    statements,
    templates,
)
from environments.ground import Ground, Network
from environments.machines import InstanceType
from environments.ownership import Memory
from environments.plan import Plan, Step, notes, step
from environments.resource import Difference, Found, Ref, Wanted
from kiln.errors import UserError
from launch_templates.contents import contents
from launch_templates.data import launch_template_data
from launch_templates.plan import Plan as TemplatePlan
from launch_templates.usage import Usage

IMAGE = MachineImage(
    "ami-0aaa1111bbbb2222c", "stock", "x86_64", "/dev/xvda", (Disk("/dev/xvda", 30, "snap-0a"),),
    datetime(2026, 1, 1, tzinfo=UTC),
)  # fmt: skip
CHOSEN = Chosen(IMAGE, "named", "al2023")
SUBNETS = ("subnet-0a", "subnet-0b")


def ground(name: str, **changes: Any) -> Ground:
    """A shipped environment in an account where there is nothing yet."""
    spec = definitions.load(name).model_copy(update=changes)
    template = templates.definition(spec)
    made = contents(template, "al2023", IMAGE)
    data = launch_template_data(template, IMAGE, made.mime, names_image=False)
    plan = TemplatePlan(template, CHOSEN, made, data, "", None, None, (), None, (), Usage({}))
    where = Network("vpc-0a", SUBNETS, {})
    return Ground(spec, "123456789012", "us-east-1", CHOSEN, "al2023", plan, where, "2026-11-22T06:30:00Z")


def names(wanted: tuple[Wanted, ...], kind: str) -> list[str]:
    return [each.name for each in wanted if each.kind == kind]


@pytest.mark.parametrize("name", ["genomics", "salmon", "genomics-2019", "reference"])
def test_everything_that_is_made_carries_the_environments_tag(name: str) -> None:
    there = ground(name)
    wanted = (*desired.first(there), *desired.then(there))
    tagged = [each for each in wanted if each.kind != service_linked.KIND and not each.foreign]
    assert len(tagged) > 8
    for each in tagged:
        assert f"kiln:env:{name}" in each.tags, each
    order = [kind.KIND for kind in desired.KINDS]
    assert [each.kind for each in wanted] == sorted((each.kind for each in wanted), key=order.index)


def test_the_service_linked_roles_that_are_needed() -> None:
    assert names(service_linked.desired(ground("genomics")), service_linked.KIND) == [
        "AWSServiceRoleForBatch", "AWSServiceRoleForEC2Spot", "AWSServiceRoleForEC2SpotFleet",
    ]  # fmt: skip
    assert names(service_linked.desired(ground("genomics-2019")), service_linked.KIND)[0] == "AWSServiceRoleForEC2Spot"
    assert names(service_linked.desired(ground("salmon")), service_linked.KIND) == ["AWSServiceRoleForBatch"]


def test_whom_each_role_trusts() -> None:
    trust = {each.name: each.fields["trust"] for each in roles.desired(ground("genomics-2019"))}
    assert trust == {
        "ecsInstanceRole": "ec2.amazonaws.com", "AWSBatchServiceRole": "batch.amazonaws.com",
        "AWSSpotFleetTaggingRole": "spotfleet.amazonaws.com",
    }  # fmt: skip
    assert {each.name: each.fields["trust"] for each in roles.desired(ground("salmon"))} == {
        "ecsInstanceRole": "ec2.amazonaws.com", "salmon-job-role": "ecs-tasks.amazonaws.com",
    }  # fmt: skip


def test_who_a_trust_policy_trusts() -> None:
    both = {"Effect": "Allow", "Principal": {"Service": ["ec2.amazonaws.com", "batch.amazonaws.com"]}}
    assert roles.trusted({"Statement": both}) == "batch.amazonaws.com, ec2.amazonaws.com"
    assert roles.trusted('{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}}]}') == ""
    assert roles.trusted("%7B%22Statement%22%3A%5B%5D%7D") == ""


def test_arns_of_other_partitions() -> None:
    china = replace(ground("salmon"), region="cn-north-1")
    assert china.managed("x") == "arn:aws-cn:iam::aws:policy/x"
    assert replace(china, region="us-gov-west-1").iam_arn("role", "r") == "arn:aws-us-gov:iam::123456789012:role/r"
    [bucket] = [each for each in buckets.desired(china) if each.extra["use"] == "work"]
    assert bucket.name == "salmon-123456789012-cn-north-1"


def test_a_role_with_a_path_is_named_by_the_arn_it_has() -> None:
    arn = "arn:aws:iam::123456789012:role/service-role/AWSBatchServiceRole"
    found = Found("role", "AWSBatchServiceRole", arn, {}, {})
    there = replace(ground("genomics-2019"), found={("role", "AWSBatchServiceRole"): found})
    assert {each.fields["serviceRole"] for each in compute_environments.desired(there)} == {arn}


def test_the_request_for_a_compute_environment() -> None:
    [_, spot] = compute_environments.desired(ground("genomics"))
    ids = {("security group", "genomics-batch"): "sg-0a", ("launch template", "genomics-workflow-template"): "3"}
    request = compute_request.create(replace(spot, fields=resource.resolved(spot.fields, ids)))
    resources = request["computeResources"]
    assert "serviceRole" not in request
    assert "desiredvCpus" not in resources
    assert "imageId" not in resources
    assert resources["ec2Configuration"] == [{"imageType": "ECS_AL2023", "imageIdOverride": IMAGE.id}]
    assert resources["launchTemplate"] == {"launchTemplateName": "genomics-workflow-template", "version": "3"}
    assert resources["securityGroupIds"] == ["sg-0a"]
    assert request["tags"]["kiln:env:genomics"] == f"ami={IMAGE.id}"
    assert request["tags"]["kiln:compute-environment"] == "spot"
    told = {**request, "computeEnvironmentArn": "arn", "status": "VALID", "tags": request["tags"]}
    made = compute_environments.found_of("spot", told)
    assert compute_environments.diff(replace(spot, fields=resource.resolved(spot.fields, ids)), made) == ()


Described = dict[str, Any]


def described(name: str, defined: str = "", status: str = "VALID", made: str = "", env: str = "genomics") -> Described:
    labels = {f"kiln:env:{env}": "ami=ami-1", "kiln:compute-environment": defined or name, "kiln:made": made}
    return {
        "computeEnvironmentName": name, "computeEnvironmentArn": f"arn:{name}", "status": status, "state": "ENABLED",
        "tags": labels if env else {}, "computeResources": {"type": "EC2"},
    }  # fmt: skip


def test_which_of_two_compute_environments_is_meant() -> None:
    [ondemand, _] = compute_environments.desired(ground("genomics"))
    old, new = described("ondemand", made="2026-01"), described("ondemand-3f9c", "ondemand", made="2026-02")
    found = compute_environments.match([ondemand], [old, new])["ondemand"]
    assert (found.extra["name"], [each.extra["name"] for each in found.extra["others"]]) == (
        "ondemand-3f9c",
        ["ondemand"],
    )
    broken = described("ondemand-3f9c", "ondemand", "INVALID", "2026-02")
    assert compute_environments.match([ondemand], [old, broken])["ondemand"].extra["name"] == "ondemand"
    others = described("ondemand", env="other")
    assert compute_environments.match([ondemand], [others])["ondemand"].extra["name"] == "ondemand"
    elsewhere = described("x", "ondemand", env="other")
    assert compute_environments.match([ondemand], [elsewhere]) == {}


def test_a_queue_names_compute_environments_as_the_definition_does() -> None:
    [queue] = job_queues.match(
        [each for each in job_queues.desired(ground("genomics")) if each.name == "default"],
        [{"jobQueueName": "default", "jobQueueArn": "arn:q", "priority": 1, "state": "ENABLED", "status": "VALID",
          "computeEnvironmentOrder": [{"order": 2, "computeEnvironment": "arn:ondemand-3f9c"},
                                      {"order": 1, "computeEnvironment": "arn:spot"}]}],
        [described("spot"), described("ondemand-3f9c", "ondemand")],
    ).values()  # fmt: skip
    assert queue.fields["computeEnvironments"] == ("spot", "ondemand")


def found_like(wanted: Wanted, **changes: Any) -> Found:
    """The resource as wanted, but for some fields."""
    extra = {"others": (), "status": "VALID", "name": wanted.name}
    return Found(wanted.kind, wanted.name, "arn", {**wanted.fields, **changes}, wanted.tags, extra)


Change = Callable[[Wanted], Found]


@pytest.mark.parametrize(
    ("env", "changes", "action", "why"),
    [
        ("genomics", {}, "unchanged", ""),
        ("genomics", {"maxvCpus": 16}, "update", ""),
        ("genomics", {"state": "DISABLED"}, "update", ""),
        ("genomics", {"imageIdOverride": "ami-0"}, "update", "in place: service-linked role"),
        ("genomics", {"imageIdOverride": "ami-0", "allocationStrategy": "BEST_FIT"}, "replace", "BEST_FIT cannot"),
        ("genomics", {"spotIamFleetRole": "arn:x"}, "replace", "its Spot fleet role cannot"),
        ("genomics-2019", {"imageIdOverride": "ami-0"}, "replace", "not the service-linked one"),
        ("genomics-2019", {"minvCpus": 4}, "update", ""),
    ],
)
def test_in_place_or_blue_green(env: str, changes: dict[str, Any], action: str, why: str) -> None:
    [first, *_] = compute_environments.desired(ground(env))
    done = step(first, found_like(first, **changes), env)
    assert done.action == action
    assert why in done.why
    assert bool(why) == bool(done.why)


def test_the_memory_of_the_ami_before() -> None:
    memory = Memory("ami-1")
    assert memory.moved_to("ami-1") is memory
    assert memory.moved_to("ami-2").as_tag() == "ami=ami-2 previous=ami-1"
    assert memory.moved_to("ami-2").moved_to("ami-1") == Memory("ami-1", "ami-2")
    tag = {"kiln:env:genomics": "ami=ami-2 previous=ami-1"}
    assert ownership.memory(tag, "genomics") == Memory("ami-2", "ami-1")
    assert ownership.memory({}, "genomics") == Memory("")


def test_a_memory_that_a_killed_run_left_behind_is_put_right() -> None:
    [first, *_] = compute_environments.desired(ground("genomics"))
    found = replace(found_like(first), tags={**first.tags, "kiln:env:genomics": "ami=ami-0"})
    assert compute_environments.diff(first, found) == (
        Difference("remembers", "ami=ami-0", f"ami={IMAGE.id} previous=ami-0"),
    )


def test_the_previous_ami() -> None:
    spec = definitions.load("genomics")
    at, halfway = Memory("ami-2", "ami-1"), Memory("ami-1", "ami-0")
    assert choice.previous(spec, [at, at]) == "ami-1"
    assert choice.previous(spec, [at, halfway]) == "ami-1"
    for remembered, why in (
        ([], "remembers no previous AMI"),
        ([Memory("ami-1")], "remembers no previous AMI"),
        ([Memory("ami-1", "ami-2"), Memory("ami-2", "ami-1")], "is between two AMIs"),
    ):
        with pytest.raises(UserError, match=why):
            choice.previous(spec, remembered)


def test_the_stock_ami_of_an_image() -> None:
    assert choice.stock("nextflow-al2") == "ecs/al2"
    assert choice.stock("nobodys") == "ecs/al2023"


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
    own = ground("genomics", roles=spec.roles.model_copy(update={"storage_kms_key": key}))
    plain = {each["Sid"] for each in statements.storage(ground("genomics"))}
    added = [each for each in statements.storage(own) if each["Sid"] not in plain]
    assert added
    assert all(each["Sid"].startswith(statements.sid_of("genomics")) for each in added)


def test_a_shared_role_loses_nothing_that_others_may_need() -> None:
    [instance, *_] = roles.desired(ground("salmon"))
    more = [*instance.fields["policies"], "arn:aws:iam::123456789012:policy/ebs-autoscale-policy", "arn:ours:policy/x"]
    known = (*instance.extra["known"], "arn:aws:iam::123456789012:policy/ebs-autoscale-policy")
    instance = replace(instance, extra={**instance.extra, "known": known})
    alone = found_like(instance, policies=more)
    assert [each.field for each in roles.diff(instance, alone)] == ["policy ebs-autoscale-policy"]
    shared = replace(alone, tags={**alone.tags, "kiln:env:genomics": "now"})
    assert roles.diff(instance, shared) == ()


def test_what_is_to_be_done_for_a_resource() -> None:
    wanted = Wanted("log group", "/jobs", {"retention": "30 days"}, {"kiln:env:a": "now"})
    there = Found("log group", "/jobs", "arn", {"retention": "30 days"}, {"kiln:env:a": "then"})
    assert step(wanted, None, "a").action == "create"
    assert step(wanted, there, "a") == Step("unchanged", wanted, there)
    other = replace(there, fields={"retention": "7 days"})
    assert step(wanted, other, "a").changes == (Difference("retention", "7 days", "30 days"),)
    shared = step(wanted, replace(there, tags={"kiln:env:b": "then"}), "a")
    assert (shared.action, shared.joins, shared.something_to_do) == ("unchanged", True, True)
    foreign = step(wanted, replace(other, tags={}), "a")
    assert (foreign.action, foreign.something_to_do) == ("foreign", False)
    assert "is not Kiln's and stays as it is; it differs: retention" in notes(ground("salmon"), [foreign])[0]
    with pytest.raises(UserError, match="belongs to the environment b"):
        step(replace(wanted, exclusive=True), replace(there, tags={"kiln:env:b": "then"}), "a")
    with pytest.raises(UserError, match="there is no log group"):
        step(replace(wanted, foreign=True), None, "a")


def subnet(name: str, *, public: bool = True) -> dict[str, Any]:
    return {"SubnetId": name, "VpcId": "vpc-1", "MapPublicIpOnLaunch": public}


def table(target: dict[str, str], *subnets: str) -> dict[str, Any]:
    """A route table that leads everywhere through `target`; the main one where no subnet is named."""
    routes = [{"DestinationCidrBlock": "10.0.0.0/8", "GatewayId": "local"}]
    routes += [{"DestinationCidrBlock": EVERYWHERE, **target}] if target else []
    return {"Routes": routes, "Associations": [{"SubnetId": each} for each in subnets] or [{"Main": True}]}


EVERYWHERE = str(IPv4Network((0, 0)))
IGW, NAT = {"GatewayId": "igw-1"}, {"NatGatewayId": "nat-1"}


@pytest.mark.parametrize(
    ("public", "tables", "why"),
    [
        (True, [table(IGW)], ""),
        (False, [table(IGW)], "gives machines no public address"),
        (False, [table(NAT)], ""),
        (False, [table({"TransitGatewayId": "tgw-1"})], ""),
        (True, [table({})], "no route to the internet"),
        (True, [table({}), table(IGW, "subnet-1")], ""),
        (True, [table(IGW), table({}, "subnet-1")], "no route to the internet"),
        (True, [table(IGW | {"State": "blackhole"})], "no route to the internet"),
        (True, [], "no route to the internet"),
    ],
)
def test_ways_out(public: bool, tables: list[dict[str, Any]], why: str) -> None:
    shut = network.without_way_out([subnet("subnet-1", public=public)], tables)
    assert why in shut.get("subnet-1", "")
    assert bool(shut) == bool(why)


def test_endpoints_in_the_place_of_a_way_out() -> None:
    shut = {"subnet-1": "it has no route to the internet"}
    names = ("ecs", "ecs-agent", "ecs-telemetry", "ecr.api", "ecr.dkr", "logs", "s3")
    there = [{"ServiceName": f"com.amazonaws.us-east-1.{name}", "State": "available"} for name in names]
    assert network.warnings(shut, there) == ()
    [told] = network.warnings(shut, [each for each in there if "ecr" not in each["ServiceName"]])
    assert told.endswith("its VPC has no endpoint for ecr.api, ecr.dkr")
    assert network.warnings({}, []) == ()


TYPES = {
    "c5.2xlarge": InstanceType("c5.2xlarge", 8, 16384, ("x86_64",)),
    "c5.4xlarge": InstanceType("c5.4xlarge", 16, 32768, ("x86_64",)),
    "c7g.large": InstanceType("c7g.large", 2, 4096, ("arm64",)),
}


def test_at_most_how_many_machines() -> None:
    one = definitions.load("salmon").compute_environments["salmonWorkload"]
    assert machines.most(one, TYPES) == "at most 12 × c5.2xlarge"
    two = one.model_copy(update={"instance_types": ("c5.2xlarge", "c5.4xlarge")})
    assert machines.most(two, TYPES) == "at most 12 × c5.2xlarge or 6 × c5.4xlarge"
    family = one.model_copy(update={"instance_types": ("c5",)})
    assert machines.most(family, TYPES) == "at most 100 vCPUs of c5"


def test_a_queue_has_one_architecture() -> None:
    spec = definitions.load("salmon")
    arm = spec.compute_environments["salmonExcess"].model_copy(update={"instance_types": ("c7g.large",)})
    both = spec.model_copy(update={
        "compute_environments": {**spec.compute_environments, "salmonExcess": arm},
        "queues": {"q": spec.queues["salmonExcess"].model_copy(
            update={"compute_environments": ("salmonWorkload", "salmonExcess")})},
    })  # fmt: skip
    with pytest.raises(UserError, match="cannot run in salmonExcess"):
        machines.refuse_misfit(both, CHOSEN, "al2023", TYPES)
    with pytest.raises(UserError, match="the queue q mixes architectures"):
        machines._refuse_mixed_queues(both, TYPES)


def test_the_request_for_a_job_definition() -> None:
    [wanted] = job_definitions.desired(ground("reference"))
    request = job_definitions.request(wanted)
    container = request["containerProperties"]
    assert container["jobRoleArn"] == "arn:aws:iam::123456789012:role/reference-job-role"
    assert container["resourceRequirements"] == [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "512"}]
    assert container["mountPoints"] == [
        {"sourceVolume": "v0", "containerPath": "/home/ec2-user/miniconda", "readOnly": True}
    ]
    assert (request["retryStrategy"], request["timeout"]) == ({"attempts": 2}, {"attemptDurationSeconds": 3600})
    described = {**request, "revision": 1, "jobDefinitionArn": "arn"}
    assert job_definitions._described(described) == wanted.fields


def test_ids_take_the_place_of_what_is_made_meanwhile() -> None:
    ref = Ref(security_groups.KIND, "g", "(new) g")
    ids = {("security group", "g"): "sg-1"}
    assert resource.resolved({"a": (ref, "x"), "b": {"c": [ref]}}, ids) == {"a": ("sg-1", "x"), "b": {"c": ["sg-1"]}}


@pytest.mark.parametrize(
    ("said", "why", "may_pass"),
    [
        ("CLIENT_ERROR - User: x is not authorized to perform: sts:AssumeRole on resource: y", "service role", True),
        ("CLIENT_ERROR - Invalid IamInstanceProfile: z", "no such instance profile", True),
        ("CLIENT_ERROR - The specified launch template, with template name t, does not exist.", "template", False),
        ("CLIENT_ERROR - Could not find the specified version 3 for the launch template with ID l.", "version", False),
        ("CLIENT_ERROR - Launch Template UserData is not MIME multipart format", "MIME", False),
        ("CLIENT_ERROR - The image id '[ami-1]' does not exist", "the AMI is gone", False),
        ("CLIENT_ERROR - The architecture 'x86_64' of the specified instance type does not match", "architec", False),
        ("something new", "something new", False),
    ],
)
def test_reasons_in_words(said: str, why: str, may_pass: bool) -> None:
    found = reasons.explain(said)
    assert why in found.why
    assert found.may_pass is may_pass
    assert found.hint


def test_drain_timeouts_that_make_no_sense() -> None:
    assert rollout.options(30, terminate_jobs=False) == rollout.Options(30, False)
    for minutes in (0, -1):
        with pytest.raises(UserError, match="drain-timeout"):
            rollout.options(minutes, terminate_jobs=False)


def test_the_plan_in_words() -> None:
    there = ground("genomics-2019")
    wanted = compute_environments.desired(there)
    steps = [step(each, found_like(each, imageIdOverride="ami-0"), "genomics-2019") for each in wanted]
    log = Wanted("log group", "/jobs", {}, {"kiln:env:genomics-2019": "now"})
    steps.append(step(log, Found("log group", "/jobs", "arn", {}, log.tags), "genomics-2019"))
    plan = Plan(there, tuple(steps), ("ami-0",), {"spot": "at most 256 vCPUs of optimal"})
    text = show.plan_text(plan, "register-env --env genomics-2019", verbose=False)
    assert "=  1 unchanged" in text
    assert "±  compute env          ondemand   blue/green: its service role" in text
    assert f"imageIdOverride: ami-0 → {IMAGE.id}" in text
    assert "0 to create, 0 to update, 2 to replace" in text
    assert "/jobs" in show.plan_text(plan, "x", verbose=True)
    assert f"{IMAGE.id} (was ami-0)" in show.header(plan)
    assert "at most 256 vCPUs" in show.header(plan)
    new = Plan(there, tuple(step(each, None, "genomics-2019") for each in wanted), (), {"ondemand": "x", "spot": "y"})
    text = show.plan_text(new, "x", verbose=False)
    assert f"SPOT, BEST_FIT, optimal, 0 to 256 vCPUs, genomics-workflow-template v1, {IMAGE.id}" in text

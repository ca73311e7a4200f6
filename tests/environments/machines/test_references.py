"""Row 7: names that the region or its zones do not have are refused at plan, with what there is and a guess."""

from pathlib import Path
from typing import Any

import pytest

from environments.machines import offers
from environments.machines.families import describe_unknown
from environments.machines.instance_types import InstanceType
from environments.spec import definitions
from kiln.errors import UserError
from sandbox.inprocess import Sandbox
from tests.support.environments import STOCK, Define, Register, Registered
from tests.support.inputs import inputs

COMPUTE = "instance_types: [c5.2xlarge], max_vcpus: 100"


def changed(define: Define, settings: str) -> str:
    """A small environment whose compute environment has other settings."""
    path = define()
    Path(path).write_text(Path(path).read_text().replace(COMPUTE, settings))
    return path


@pytest.mark.parametrize(
    ("setting", "existing", "what", "why", "hint"),
    [
        ("key_pair: mein", (), "us-east-1 has no key pair mein", "one names it, and there is no key pair in the region",
         "make it: aws ec2 create-key-pair --key-name mein --region us-east-1 --query KeyMaterial --output text > "
         "mein.pem"),
        ("key_pair: labkey", ("lab-key", "other"), "us-east-1 has no key pair labkey", "there are: lab-key, other",
         "Did you mean lab-key? change key_pair, leave it out, or make it: aws ec2 create-key-pair"),
        ("key_pair: lab-key.pem", ("lab-key",), "us-east-1 has no key pair lab-key.pem", "there is only lab-key",
         "Did you mean lab-key?"),
        ("key_pair: my key", (), "us-east-1 has no key pair my key", "no key pair", "--output text > 'my key.pem'"),
        ("placement_group: near", (), "us-east-1 has no placement group near", "no placement group in the region",
         "aws ec2 create-placement-group --group-name near --strategy cluster --region us-east-1"),
        ("placement_group: clutser", ("cluster",), "us-east-1 has no placement group clutser",
         "there is only cluster", "Did you mean cluster?"),
    ],
)  # fmt: skip
def test_row_7_a_name_that_nothing_has_is_refused(
    sandbox: Sandbox, register: Register, define: Define, setting: str, existing: tuple[str, ...], what: str, why: str,
    hint: str,
) -> None:  # fmt: skip
    for name in existing:
        if "key_pair" in setting:
            sandbox.client("ec2").create_key_pair(KeyName=name)
        else:
            sandbox.client("ec2").create_placement_group(GroupName=name, Strategy="cluster")
    with pytest.raises(UserError) as refused:
        register(changed(define, f"{COMPUTE}, {setting}"), STOCK)
    assert refused.value.what == what
    assert why in refused.value.why
    assert hint in refused.value.hint
    assert not sandbox.client("batch").describe_compute_environments()["computeEnvironments"]


def test_row_7_both_are_named_at_once(sandbox: Sandbox, register: Register, define: Define) -> None:
    with pytest.raises(UserError) as refused:
        register(changed(define, f"{COMPUTE}, key_pair: a, placement_group: b"), STOCK)
    assert refused.value.what == "us-east-1 has no key pair a; us-east-1 has no placement group b"


def test_row_7_names_that_exist_are_taken(sandbox: Sandbox, registered: Registered, define: Define) -> None:
    sandbox.client("ec2").create_key_pair(KeyName="lab-key")
    sandbox.client("ec2").create_placement_group(GroupName="near", Strategy="cluster")
    planned = registered(changed(define, f"{COMPUTE}, key_pair: lab-key, placement_group: near"), STOCK, plan=True)
    assert planned["notes"] == []


def test_row_7_names_are_not_asked_for_where_none_is_named(
    sandbox: Sandbox, registered: Registered, define: Define
) -> None:
    sandbox.calls.clear()
    registered(define(), STOCK, plan=True)
    asked = {call.action for call in sandbox.calls.all()}
    assert not asked & {"DescribeKeyPairs", "DescribePlacementGroups"}


@pytest.mark.parametrize(
    ("types", "what", "why", "hint"),
    [
        ("c5.3xlarge", "us-east-1 has no c5.3xlarge", "; of c5 it has c5.12xlarge, c5.18xlarge",
         "Did you mean c5.xlarge for c5.3xlarge?"),
        ("c55.large", "us-east-1 has no c55.large", "EC2 has no such instance type or family there",
         "Did you mean c5.large for c55.large?"),
        ("t3.large", "AWS Batch takes no t3.large", "burstable", "m6i.large or optimal"),
        ("t4g", "AWS Batch takes no t4g", "burstable", "m6i.large or optimal"),
    ],
)  # fmt: skip
def test_row_7_types_that_the_region_does_not_have(
    sandbox: Sandbox, register: Register, define: Define, types: str, what: str, why: str, hint: str
) -> None:
    with pytest.raises(UserError) as refused:
        register(changed(define, f"instance_types: [{types}], max_vcpus: 100"), STOCK)
    assert refused.value.what == what
    assert why in refused.value.why
    assert hint in refused.value.hint


@pytest.mark.parametrize(("types", "meant"), [("c5.2xlage", "c5.2xlarge"), ("default-x86_64", "default_x86_64")])
def test_row_7_types_that_can_be_nowhere_are_refused_before_any_call(
    sandbox: Sandbox, register: Register, define: Define, types: str, meant: str
) -> None:
    sandbox.calls.clear()
    with pytest.raises(UserError) as refused:
        register(changed(define, f"instance_types: [{types}], max_vcpus: 100"), STOCK)
    assert f"{types} does not fit: there can be no such instance type or family; did you mean {meant}?" in (
        refused.value.output
    )
    assert not sandbox.calls.all()


def test_what_there_is_is_left_out_where_it_could_not_be_looked_at() -> None:
    assert describe_unknown("us-east-1", ["c5.2xlage"], ()).hint == "See instance_types in environments/reference.yaml."


TYPES = {name: InstanceType(name, 2, 4096, ("x86_64",)) for name in ("c5.large", "c6i.large", "p4d.24xlarge")}
OFFERS = {"c5.large": frozenset({"a", "b"}), "c6i.large": frozenset({"c"}), "p4d.24xlarge": frozenset[str]()}


def spec_of(*types: str) -> Any:
    spec = definitions.load("salmon")
    compute = {
        name: environment.model_copy(update={"instance_types": types})
        for name, environment in spec.compute_environments.items()
    }
    return spec.model_copy(update={"compute_environments": dict([*compute.items()][:1])})


@pytest.mark.parametrize(
    ("types", "elsewhere"),
    [
        (("c6i.large",), "c6i.large is offered in c"),
        (("c6i",), "c6i is offered in c"),
        (("p4d.24xlarge", "c6i"), "p4d.24xlarge is offered in no zone of the region; c6i is offered in c"),
    ],
)
def test_row_7_types_that_no_zone_of_the_subnets_offers_are_refused(types: tuple[str, ...], elsewhere: str) -> None:
    with pytest.raises(UserError) as refused:
        offers.check(spec_of(*types), TYPES, {"a", "b"}, OFFERS)
    assert refused.value.what == f"salmonWorkload allows {', '.join(types)}, which is not offered in a, b"
    assert refused.value.why.startswith(elsewhere)


def test_row_7_types_of_which_some_can_start_are_warned_of() -> None:
    [note] = offers.check(spec_of("c5", "c6i.large"), TYPES, {"a"}, OFFERS)
    assert note == (
        "salmonWorkload allows c6i.large, which is not offered in a: only its other types can start; c6i.large is "
        "offered in c"
    )
    unasked = {"c5.large": TYPES["c5.large"]}  # the families behind `optimal` are not always looked up
    assert offers.check(spec_of("c5", "optimal"), unasked, {"b"}, OFFERS) == ()


def test_row_7_the_zones_are_those_of_the_subnets(sandbox: Sandbox, register: Register, define: Define) -> None:
    """us-east-1e has no c5: moto's record of EC2's offerings."""
    subnets = sandbox.client("ec2").describe_subnets()["Subnets"]
    [there] = [subnet["SubnetId"] for subnet in subnets if subnet["AvailabilityZone"] == "us-east-1e"]
    path = define()
    with Path(path).open("a") as file:
        file.write(f"\nnetwork: {{subnets: [{there}]}}\n")
    with pytest.raises(UserError, match=r"one allows c5.2xlarge, which is not offered in us-east-1e"):
        register(path, STOCK)


def test_inputs_of_tests_have_no_zones() -> None:
    assert inputs("salmon").network.zones == frozenset()


def test_a_security_group_of_another_vpc_says_so(sandbox: Sandbox, register: Register, define: Define) -> None:
    ec2 = sandbox.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName="lab", Description="lab", VpcId=vpc)["GroupId"]
    with pytest.raises(UserError, match=f"the security group {group} is in another VPC") as refused:
        path = Path(define())
        path.write_text(f"{path.read_text()}network: {{security_groups: [{group}]}}\n")
        register(str(path), STOCK)
    assert vpc in refused.value.why
    assert "network.security_groups" in refused.value.hint

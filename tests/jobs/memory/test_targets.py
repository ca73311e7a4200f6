"""Which types are measured, and where."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from environments.kinds.batch.existing_environment import ExistingEnvironment, from_description
from jobs.memory import copies, show
from jobs.memory.measure import Measured
from jobs.memory.targets import MEASURING, Target, choose_target, choose_types
from kiln.errors import UserError
from tests.support.doctor_pictures import TYPES
from tests.support.typed import keys

AMI = "ami-0123456789abcdef0"
DOCUMENTS: dict[str, list[str]] = yaml.safe_load((Path(__file__).parents[2] / "cli" / "documents.yaml").read_text())


def compute(name: str, *types: str, market: str = "EC2", state: str = "ENABLED", **more: object) -> ExistingEnvironment:
    resources = {
        "type": market, "instanceTypes": list(types), "minvCpus": 0, "maxvCpus": 100, "subnets": ["subnet-1"],
        "securityGroupIds": ["sg-1"], "instanceRole": "ecsInstanceRole", "allocationStrategy": "BEST_FIT_PROGRESSIVE",
        "launchTemplate": {"launchTemplateName": "t", "version": "3"},
        "ec2Configuration": [{"imageType": "ECS_AL2023", "imageIdOverride": AMI}],
    }  # fmt: skip
    described = {
        "computeEnvironmentName": name, "computeEnvironmentArn": f"arn:{name}", "state": state, "status": "VALID",
        "computeResources": resources | more, "tags": {},
    }  # fmt: skip
    return from_description(described, name)


ONE = compute("one", "c5.2xlarge")
FAMILY = compute("family", "c5")
SPOT = compute("spot", "c5", market="SPOT", bidPercentage=80)


def test_the_compute_environment_of_that_type_alone_is_used_itself() -> None:
    target = choose_target(TYPES["c5.2xlarge"], [FAMILY, ONE], "small")
    assert (target.base.aws_name, target.own, target.ami) == ("one", True, AMI)


@pytest.mark.parametrize(
    "other",
    [
        replace(ONE, tags={MEASURING: "run=a min=0"}),
        compute("one", "c5.2xlarge", maxvCpus=4),
        compute("one", "c5.2xlarge", state="DISABLED"),
        compute("one", "c5.2xlarge", "c5.4xlarge"),
    ],
    ids=["raised by another run", "no room", "disabled", "two types"],
)
def test_else_a_copy_is_made(other: ExistingEnvironment) -> None:
    assert not choose_target(TYPES["c5.2xlarge"], [other, FAMILY], "small").own


def test_a_copy_of_an_on_demand_one_waits_for_no_capacity() -> None:
    assert choose_target(TYPES["c5.2xlarge"], [SPOT, FAMILY], "small").base.aws_name == "family"
    assert choose_target(TYPES["c5.2xlarge"], [SPOT], "small").base.aws_name == "spot"


def test_a_copy_launches_a_machine_with_the_same_ami_template_and_role() -> None:
    target = Target(TYPES["c5.4xlarge"], AMI, FAMILY, own=False)
    request = copies.make_request(target, "20261128t100000-0a1b2c")
    resources = request["computeResources"]
    assert request["computeEnvironmentName"] == "family-measure-c5-4xlarge-0a1b2c"
    assert request["tags"] == {"kiln:measure": "20261128t100000-0a1b2c"}
    assert (resources["instanceTypes"], resources["minvCpus"], resources["maxvCpus"]) == (["c5.4xlarge"], 16, 16)
    assert resources["ec2Configuration"] == [{"imageType": "ECS_AL2023", "imageIdOverride": AMI}]
    assert resources["launchTemplate"] == {"launchTemplateName": "t", "version": "3"}
    assert (resources["instanceRole"], resources["subnets"]) == ("ecsInstanceRole", ["subnet-1"])


def test_all_allowed_types_up_to_five() -> None:
    known = {name: kind for name, kind in TYPES.items() if name.startswith("c5.")}
    chosen = choose_types([compute("a", "c5.2xlarge", "c5.4xlarge")], known, (), "small")
    assert [kind.name for kind in chosen] == ["c5.2xlarge", "c5.4xlarge"]
    many = {f"c5.{size}xlarge": replace(TYPES["c5.2xlarge"], name=f"c5.{size}xlarge") for size in range(2, 8)}
    with pytest.raises(UserError, match="small allows 6 types") as told:
        choose_types([FAMILY], many, (), "small")
    assert "--types c5.2xlarge,c5.3xlarge" in told.value.hint
    assert len(choose_types([FAMILY], many, tuple(many), "small")) == 6


def test_an_unknown_type_is_a_single_message() -> None:
    with pytest.raises(UserError, match=r"there is no instance type c5\.99xlarge in this region"):
        choose_types([ONE], TYPES, ("c5.2xlarge", "c5.99xlarge"), "small")


def test_nothing_that_can_start_machines() -> None:
    with pytest.raises(UserError, match="no compute environment of small can start machines") as told:
        choose_target(TYPES["c5.2xlarge"], [compute("one", "c5", state="DISABLED")], "small")
    assert "one DISABLED, VALID" in told.value.why


@pytest.mark.parametrize(("registered", "asked"), [(15434, "15400.MB"), (31152, "31100.MB"), (7634, "7600.MB")])
def test_what_a_job_may_ask_for(registered: int, asked: str) -> None:
    measured = Measured(choose_target(TYPES["c5.2xlarge"], [ONE], "small"), registered, "a machine")
    assert f"memory = '{asked}'" in show.render("small", "us-east-1", [measured])
    document = show.make_document("small", "us-east-1", [measured])
    assert keys(document) == DOCUMENTS["measure-memory"]
    [line] = document["types"]
    assert (line["nextflow"], line["registered_mib"], line["computed_mib"]) == (asked, registered, 15446)

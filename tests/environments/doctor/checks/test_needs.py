"""A check reads no part of the picture that it does not name, and names none that it does not read."""

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any, get_args

import pytest

from cloud.rights.demand import Decision, Demand, Lack, Verdict
from environments.doctor.checks.run import OF_ENVIRONMENT, OF_REGION, Check
from environments.doctor.facts.instance_types import InstanceTypes
from environments.doctor.facts.keys import Key, Keys
from environments.doctor.facts.machines import Agents, Machine
from environments.doctor.facts.network import Network
from environments.doctor.facts.picture import Part, Picture
from environments.doctor.facts.recent import RecentJob
from environments.doctor.facts.rights import Rights
from environments.doctor.facts.roles import Profile, Role, Roles
from environments.doctor.facts.volumes import Volumes
from environments.machines.outside import Absent
from environments.machines.references import References
from launch_templates.versions import OWN, Template, Version
from tests.support.doctor_pictures import NOW, TYPES, job, picture

CHECKS = (*OF_ENVIRONMENT, *OF_REGION)
_KEY = "arn:aws:kms:us-east-1:123456789012:key/1"
_ROLES = {name: f"arn:aws:iam::123456789012:role/{name}" for name in ("service", "fleet", "machines", "tasks")}
_RESOURCES = {
    "type": "SPOT", "allocationStrategy": "BEST_FIT", "minvCpus": 4, "desiredvCpus": 4, "subnets": ["subnet-1"],
    "securityGroupIds": ["sg-1"], "spotIamFleetRole": _ROLES["fleet"], "instanceRole": "machines",
    "launchTemplate": {"launchTemplateName": "t", "version": "1"}, "ec2KeyPair": "k",
    "ec2Configuration": [{"imageType": "ECS_AL2023", "imageIdOverride": "ami-1"}],
}  # fmt: skip


def _sick() -> Picture:
    """Everything that the compute environment names exists, and something is wrong with all of it."""
    data = {"BlockDeviceMappings": [{"DeviceName": "/dev/sdc", "Ebs": {"KmsKeyId": _KEY}}]}
    image = {
        "ImageId": "ami-1", "State": "failed", "DeprecationTime": "2026-11-23T00:00:00.000Z",
        "ImageOwnerAlias": "amazon", "RootDeviceName": "/dev/xvda", "CreationDate": "2026-11-22T00:00:00.000Z",
        "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {}}],
    }  # fmt: skip
    asks = [{"type": "MEMORY", "value": "1000000"}]
    container = {"jobRoleArn": _ROLES["tasks"], "resourceRequirements": asks}
    definition = {"jobDefinitionName": "hello", "containerProperties": container}
    volume = {"VolumeId": "vol-1", "Size": 100, "CreateTime": NOW - timedelta(days=1), "Tags": []}
    roles = {name: Role(arn, "lambda.amazonaws.com") for name, arn in _ROLES.items()}
    demand = Demand(_ROLES["machines"], "kiln-ecs", "nothing works", "", (), ())
    lacks = Rights({"e": (Verdict(demand, (Lack("ecs:Poll", "", Decision("lacking")),)),)})
    machines = (
        Machine("i-1", "c5.2xlarge", "1.90.0", True, 15473, "c"), Machine("i-2", "c5.2xlarge", "", False, 0, "c"),
    )  # fmt: skip
    sick = picture(
        "c5.2xlarge", "g5.xlarge", resources=_RESOURCES,
        templates={"t": Template("lt-1", "t", 2, (Version(2, data, OWN), Version(1, data, OWN)))},
        images={"ami-1": image},
        network=Network({"subnet-1": {"SubnetId": "subnet-1", "VpcId": "vpc-1", "AvailabilityZone": "us-east-1a",
                                      "CidrBlock": "10.0.0.0/24"}},
                        groups={"sg-1": {"GroupId": "sg-1"}},
                        acls=[{"NetworkAclId": "acl-1", "Associations": [{"SubnetId": "subnet-1"}]}]),
        types=InstanceTypes(TYPES, {"c5.2xlarge": frozenset({"us-east-1b"})}), quotas={"L-34B43A08": 8.0},
        definitions=({**definition, "revision": 1}, {**definition, "revision": 2}),
        roles=Roles(roles, {"machines": Profile("arn:…:instance-profile/machines", roles["machines"])}),
        agents=Agents(machines, {"ECS_AL2023": "1.99.0"}), references=References(frozenset({"other"})),
        keys=Keys({_KEY: Key(_KEY, "Disabled", frozenset())}), rights=lacks,
        outside=(Absent("hello", "what", "why", "fix"),),
        volumes=Volumes([volume]), jobs=(job(mib=10**6), job()), nextflow=1001, logs={"/aws/batch/job": None},
        recent=tuple(RecentJob(f"j{number}", "a", "q", 1, disk_full=True) for number in range(3)),
    )  # fmt: skip
    [environment], [queue] = sick.scope.environments, sick.scope.queues
    environment = {**environment, "status": "INVALID", "state": "DISABLED", "serviceRole": _ROLES["service"]}
    queue = {**queue, "jobQueueName": "head"}
    return replace(sick, scope=replace(
        sick.scope, environments=[environment], queues=[queue], region_environments=[environment]
    ))  # fmt: skip


def _usable() -> Picture:
    """Its compute environment is on, and a job waits although it fits and there is room."""
    sick = _sick()
    on = [{**environment, "status": "VALID", "state": "ENABLED"} for environment in sick.scope.environments]
    scope = replace(sick.scope, environments=on, region_environments=on)
    return replace(sick, scope=scope, jobs=(job(), job(reason="UNDETERMINED - Batch job is blocked")))


def _gone() -> Picture:
    """Nothing that the compute environment names exists any more; its jobs wait."""
    sick = _sick()
    return Picture(sick.scope, definitions=sick.definitions, jobs=sick.jobs)


class Guarded(Picture):
    """Raises where a part is read that is not among the `allowed`, and notes in `read` what is read."""

    allowed: frozenset[str]
    read: set[str]

    @classmethod
    def of_parts(cls, whole: Picture, allowed: frozenset[str]) -> "Guarded":
        guarded = cls(**vars(whole))
        object.__setattr__(guarded, "allowed", allowed)
        object.__setattr__(guarded, "read", set())
        return guarded

    def __getattribute__(self, name: str) -> Any:
        if name in get_args(Part):
            assert name in self.allowed, f"{name} is read, and not named"
            self.read.add(name)
        return super().__getattribute__(name)


def _title(check: Check) -> str:
    return f"{check.find.__module__.rpartition('.')[2]}.{check.find.__name__}"


@pytest.mark.parametrize("check", CHECKS, ids=_title)
def test_a_check_reads_what_it_names(check: Check) -> None:
    named = frozenset((*check.needs, *check.helped_by))
    pictures = [Guarded.of_parts(whole, named) for whole in (_sick(), _usable(), _gone())]
    findings = [finding for guarded in pictures for finding in check.find(guarded)]
    assert findings, "a check that finds nothing in these pictures may not have read all that it reads"
    assert set().union(*(guarded.read for guarded in pictures)) == named


@pytest.mark.parametrize("check", [check for check in CHECKS if check.helped_by], ids=_title)
def test_a_check_finds_something_without_what_only_helps_it(check: Check) -> None:
    sick = _sick()
    blind = replace(sick, **{part: getattr(Picture(sick.scope), part) for part in check.helped_by})
    assert list(check.find(blind))


def test_a_check_that_names_too_few_needs_is_seen() -> None:
    [of_images] = [
        check for check in CHECKS if set(check.needs) == {"templates", "images"} and "exist" in _title(check)
    ]
    with pytest.raises(AssertionError, match="images is read, and not named"):
        list(of_images.find(Guarded.of_parts(_sick(), frozenset({"templates"}))))


def test_every_part_is_a_field_of_the_picture() -> None:
    assert {field.name for field in fields(Picture)} == {"scope", "unseen", *get_args(Part)}

"""Decisions of the doctor that need no AWS."""

from datetime import UTC, datetime
from typing import Any

import pytest

from environments.doctor import show
from environments.doctor.checks import run as checks
from environments.doctor.checks.fitting import too_large
from environments.doctor.checks.images import behind
from environments.doctor.checks.network import groups
from environments.doctor.looks.ec2 import allows, families_of
from environments.doctor.picture import memory, quotas_of
from environments.doctor.picture.described import images_of
from environments.doctor.picture.finding import error, warning
from environments.doctor.picture.picture import Machine, Picture, Waiting
from environments.plan.instance_types import InstanceType

NOW = datetime(2026, 11, 22, tzinfo=UTC)
X86 = ("x86_64",)
TYPES = {
    each.name: each
    for each in (
        InstanceType("c5.2xlarge", 8, 16384, X86),
        InstanceType("c5.4xlarge", 16, 32768, X86),
        InstanceType("g5.xlarge", 4, 16384, X86, 1),
        InstanceType("g5.12xlarge", 48, 196608, X86, 4),
    )
}


@pytest.mark.parametrize(
    ("name", "on_demand", "spot"),
    [
        ("c5.2xlarge", "L-1216C47A", "L-34B43A08"), ("optimal", "L-1216C47A", "L-34B43A08"),
        ("hpc7a.96xlarge", "L-F7808C92", ""), ("inf2", "L-1945791B", "L-B5D1601B"),
        ("trn1", "L-2C3B7624", "L-6B0D517C"),
        ("i3en", "L-1216C47A", "L-34B43A08"), ("dl1", "L-6E869C2A", "L-85EED4F7"), ("g5", "L-DB2E81BA", "L-3819A6DF"),
        ("p4d", "L-417A185B", "L-7212CCBC"), ("p5", "L-417A185B", "L-C4BD4855"), ("x2idn", "L-7295265B", "L-E3A00192"),
        ("u-6tb1", "L-43DA4232", ""), ("default_arm64", "L-1216C47A", "L-34B43A08"),
    ],
)  # fmt: skip
def test_the_quota_that_counts_a_type(name: str, on_demand: str, spot: str) -> None:
    assert quotas_of.code(name, spot=False) == on_demand
    assert quotas_of.code(name, spot=True) == spot


def test_an_unknown_family_has_no_quota() -> None:
    assert quotas_of.code("quantum.large", spot=False) == ""


@pytest.mark.parametrize(
    ("agent", "newest", "stale"),
    [
        ("1.94.0", "1.99.0", False), ("1.93.2", "1.99.0", True), ("1.99.0", "2.0.0", True), ("2.0.0", "1.99.0", False),
        ("v1.93.0", "1.99.1", True), ("", "1.99.0", False), ("1.90.0", "", False), ("latest", "1.99.0", False),
    ],
)  # fmt: skip
def test_how_old_an_agent_may_be(agent: str, newest: str, stale: bool) -> None:
    assert behind(agent, newest) is stale


def test_words_for_several_families() -> None:
    assert families_of("optimal") == ("m6i", "c6i", "r6i", "c7i")
    assert families_of("c5.2xlarge") == families_of("c5") == ("c5",)
    environment = {"computeResources": {"instanceTypes": ["c5.2xlarge", "g5"]}}
    assert allows(environment, "c5.2xlarge")
    assert not allows(environment, "c5.4xlarge")
    assert allows(environment, "g5.12xlarge")


def picture(*types: str, most: int = 256, **more: Any) -> Picture:
    arn = "arn:aws:batch:us-east-1:123456789012:compute-environment/one"
    environment = {
        "computeEnvironmentName": "one", "computeEnvironmentArn": arn, "ecsClusterArn": "c", "status": "VALID",
        "state": "ENABLED", "computeResources": {"instanceTypes": list(types), "maxvCpus": most},
    }  # fmt: skip
    queue = {
        "jobQueueArn": "q", "jobQueueName": "q", "computeEnvironmentOrder": [{"order": 1, "computeEnvironment": arn}],
    }  # fmt: skip
    everything = [environment]
    return Picture("us-east-1", NOW, "e", everything, [queue], everything, types=TYPES, **more)


def job(vcpus: int = 1, mib: int = 1024, gpus: int = 0) -> Waiting:
    return Waiting("7c1e0000-0000", "fastqc", "q", "RUNNABLE", "", vcpus, mib, gpus, 700.0)


@pytest.mark.parametrize(
    ("asked", "what", "fix"),
    [
        (job(1, 16384), "it asks for 16384 MiB; c5.2xlarge registers 15434 MiB",
         "ask for 15400 MiB or less, or allow c5.4xlarge"),
        (job(9), "it asks for 9 vCPUs; c5.2xlarge has 8", "ask for 8 or fewer, or allow c5.4xlarge"),
        (job(1, 1024, 1), "it asks for 1 GPU and 1 vCPU; c5.2xlarge has 0 and 8",
         "ask for less, or allow larger instance_types"),
        (job(300), "it asks for 300 vCPUs; one may have 256", "or raise max_vcpus to 300"),
    ],
)  # fmt: skip
def test_jobs_that_are_too_large(asked: Waiting, what: str, fix: str) -> None:
    found = too_large(asked, picture("c5.2xlarge"))
    assert found
    assert found.what == f"job 7c1e0000 (fastqc) cannot start: {what}"
    assert found.fix.endswith(fix)


def test_jobs_that_fit() -> None:
    assert too_large(job(8, 15434), picture("c5.2xlarge")) is None
    assert too_large(job(48, 1024, 4), picture("c5.2xlarge", "g5")) is None
    assert too_large(job(1, 10**9), Picture("us-east-1", NOW)) is None, "nothing is known of its queue"


def test_memory_is_what_a_machine_has_registered() -> None:
    seen = Machine("i-1", "c5.2xlarge", "1.99.0", True, 15473, "c")
    assert memory.registered(TYPES["c5.2xlarge"], picture("c5.2xlarge")) == 15434
    assert memory.registered(TYPES["c5.2xlarge"], picture("c5.2xlarge", machines=[seen])) == 15473
    assert memory.registered(TYPES["g5.xlarge"], picture("g5.xlarge")) == memory.reckoned(16384)
    assert all(
        0.97 <= memory.reckoned(promised) / memory.MEASURED[name] <= 1
        for name, promised in {
            "c5.large": 4096,
            "c5.4xlarge": 32768,
            "c5.18xlarge": 147456,
            "m5.4xlarge": 65536,
        }.items()
    )


@pytest.mark.parametrize(
    ("rule", "open_"),
    [
        ({"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}, True),
        ({"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": [{"PrefixListId": "pl-1"}]}, True),
        ({"IpProtocol": "tcp", "FromPort": 0, "ToPort": 65535, "Ipv6Ranges": [{"CidrIpv6": "2600::/12"}]}, True),
        ({"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}, False),
        ({"IpProtocol": "udp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}, False),
        ({"IpProtocol": "-1", "IpRanges": [{"CidrIp": "127.0.0.1/32"}]}, False),
    ],
)
def test_rules_that_let_https_out(rule: dict[str, Any], open_: bool) -> None:
    seen = picture("c5.2xlarge", groups={"sg-1": {"GroupId": "sg-1", "IpPermissionsEgress": [rule]}})
    seen.environments[0]["computeResources"]["securityGroupIds"] = ["sg-1"]
    assert (list(groups(seen)) == []) is open_


def test_the_ami_counts_where_it_is_named_first() -> None:
    assert images_of({"computeResources": {"imageId": "ami-2"}}, {}) == ["ami-2"]
    both = {"imageId": "ami-2", "ec2Configuration": [{"imageType": "ECS_AL2023", "imageIdOverride": "ami-1"}]}
    assert images_of({"computeResources": both}, {}) == ["ami-1"]
    assert images_of({}, {}) == []


def test_what_has_one_cause_is_told_once() -> None:
    def find(_: Picture) -> list[Any]:
        return [
            warning("w", "why", "fix", "other"),
            error("one is INVALID", "it says so", "general", "one", cause="ami-1"),
            error("ami-1 is gone", "no machine", "particular", "ami-1"),
        ]

    found = checks.run(picture("c5.2xlarge"), [checks.Check(find)])
    assert [(each.what, each.why, each.fix) for each in found] == [
        ("one is INVALID", "ami-1 is gone. it says so", "particular"), ("w", "why", "fix"),
    ]  # fmt: skip


def test_a_check_whose_part_was_not_seen_is_left_out() -> None:
    blind = picture("c5.2xlarge", unseen={"roles": "denied"})
    assert checks.run(blind, [checks.Check(lambda _: [warning("w", "", "", "")], ("roles",))]) == ()
    assert len(checks.run(blind, [checks.Check(lambda _: [warning("w", "", "", "")], ("images",))])) == 1


def test_the_table() -> None:
    found = {"genomics": (error("it is broken", "because", "mend it", "x"),), "salmon": (), "": ()}
    assert show.table(found, {"quotas": "denied"}, 20, 1.44).splitlines() == [
        f"{'genomics: 1 finding':<64}20 checks, 1.4 s",
        "✗ it is broken",
        "    why   because",
        "    fix   mend it",
        f"{'✓ salmon: no findings in what could be looked at':<64}20 checks, 1.4 s",
        "! could not look at quotas: denied",
    ]
    account = {"": (warning("vol-1 is idle", "paid for", "delete it", "vol-1"),)}
    assert show.table(account, {}, 20, 1.0).splitlines()[:2] == ["this account: 1 finding", "! vol-1 is idle"]


def test_a_queues_compute_environments_are_in_the_order_of_aws_batch() -> None:
    """DescribeJobQueues does not promise that its list is in order: `order` tells it."""
    members = [{"order": 30, "computeEnvironment": "c"}, {"order": 4, "computeEnvironment": "a"},
               {"order": 21, "computeEnvironment": "b"}]  # fmt: skip
    queue = {"jobQueueArn": "q", "computeEnvironmentOrder": members}
    environments = [{"computeEnvironmentArn": arn, "computeEnvironmentName": arn} for arn in "bca"]
    seen = Picture("us-east-1", NOW, queues=[queue], region_environments=environments)
    assert [environment["computeEnvironmentArn"] for environment in seen.of_queue("q")] == ["a", "b", "c"]
    assert seen.of_queue("another") == []

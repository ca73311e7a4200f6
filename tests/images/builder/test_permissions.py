"""What the credentials may do, asked by DryRun before it matters."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from cloud.session import Cloud
from images.builder.permissions import check_builder_may, check_may_build, dry_run
from images.plan.plan import Plan
from kiln.errors import UserError
from tests.support.booting import FIRST
from tests.support.planned import plan_build


class Ec2:
    """An EC2 that answers every DryRun as the operation's entry in `codes` says, else that it would have worked."""

    def __init__(self, **codes: str) -> None:
        self.codes = codes
        self.asked: dict[str, dict[str, Any]] = {}

    def __getattr__(self, operation: str) -> Any:
        def call(**query: Any) -> None:
            assert query.pop("DryRun") is True
            self.asked[operation] = query
            code = self.codes.get(operation, "DryRunOperation")
            raise ClientError({"Error": {"Code": code, "Message": "the message"}}, operation)

        return call

    @property
    def cloud(self) -> Cloud:
        return cast("Cloud", SimpleNamespace(ec2=self))


@pytest.fixture
def plan(tmp_path: Any) -> Plan:
    return plan_build(tmp_path)


def test_every_call_that_needs_no_id_is_asked_for_with_what_it_will_carry(plan: Plan) -> None:
    ec2 = Ec2()
    check_may_build(ec2.cloud, plan)
    assert list(ec2.asked) == ["import_key_pair", "create_security_group", "run_instances"]
    assert ec2.asked["create_security_group"]["VpcId"] == "vpc-1"
    for asked in ec2.asked.values():
        assert {tag["Key"] for tag in asked["TagSpecifications"][0]["Tags"]} == set(plan.boot.tags)
    launch = ec2.asked["run_instances"]
    assert (launch["ImageId"], launch["InstanceType"]) == (plan.base.id, FIRST.instance_type)
    assert launch["BlockDeviceMappings"] == plan.mappings
    assert "ClientToken" not in launch, "the real call needs it"


def test_a_denied_call_is_named(plan: Plan) -> None:
    ec2 = Ec2(create_security_group="UnauthorizedOperation", run_instances="UnauthorizedOperation")
    with pytest.raises(UserError, match="may not call create_security_group"):
        check_may_build(ec2.cloud, plan)
    assert "run_instances" not in ec2.asked


def test_the_builder_is_asked_about_what_comes_at_its_end(plan: Plan) -> None:
    ec2 = Ec2()
    check_builder_may(ec2.cloud, "i-1", plan)
    assert list(ec2.asked) == ["stop_instances", "create_image", "terminate_instances"]
    kinds = [specification["ResourceType"] for specification in ec2.asked["create_image"]["TagSpecifications"]]
    assert (ec2.asked["create_image"]["Name"], kinds) == ("x-name", ["image", "snapshot"])
    assert ec2.asked["stop_instances"] == ec2.asked["terminate_instances"] == {"InstanceIds": ["i-1"]}


def test_a_spot_builder_is_never_stopped(tmp_path: Any) -> None:
    ec2 = Ec2()
    check_builder_may(ec2.cloud, "i-1", plan_build(tmp_path, builder={"market": "spot"}))
    assert list(ec2.asked) == ["create_image", "terminate_instances"]


def test_a_faulty_request_is_told_and_a_bug_stays_one() -> None:
    with pytest.raises(UserError, match="AWS refused stop_instances"):
        dry_run(Ec2(stop_instances="InvalidInstanceID.Malformed").stop_instances, InstanceIds=["i-"])

    def broken(**query: Any) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        dry_run(broken)
    with pytest.raises(AssertionError, match="without DryRunOperation"):
        dry_run(lambda **query: None)

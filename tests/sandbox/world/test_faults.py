import json
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from botocore.exceptions import ClientError

from sandbox.inprocess import Sandbox

Launch = Callable[..., str]


def control(sandbox: Sandbox, method: str, route: str, body: dict[str, Any] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = Request(f"{sandbox.endpoint}/kiln-sandbox/{route}", data=data, method=method)
    with urlopen(request) as answer:
        return json.load(answer)


def test_a_fault_strikes_as_often_as_arranged(sandbox: Sandbox, ec2: Any, launch: Launch, refused: Any) -> None:
    sandbox.faults.add(
        "RunInstances", "InsufficientInstanceCapacity", status=500, times=2, where={"InstanceType": "m6i.large"}
    )
    assert launch(InstanceType="m5.large")
    for _ in range(2):
        with refused("InsufficientInstanceCapacity"):
            launch()
    assert launch()


def test_it_may_wait_for_its_turn(sandbox: Sandbox, ec2: Any, refused: Any) -> None:
    sandbox.faults.add("DescribeVpcs", "RequestLimitExceeded", status=503, after=1)
    ec2.describe_vpcs()
    with pytest.raises(ClientError) as caught:
        ec2.describe_vpcs()
    assert caught.value.response["Error"]["Code"] == "RequestLimitExceeded"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
    ec2.describe_vpcs()


def test_boto3_retries_what_aws_would_have_it_retry(sandbox: Sandbox) -> None:
    from botocore.config import Config

    patient = sandbox.client("ec2", config=Config(retries={"total_max_attempts": 3, "mode": "standard"}))
    sandbox.faults.add("*", "InternalError", status=500, times=2)
    assert patient.describe_vpcs()["Vpcs"]
    assert [call.error for call in sandbox.calls.all()] == ["InternalError", "InternalError", ""]


@pytest.mark.parametrize(
    ("service", "call"), [("sts", "get_caller_identity"), ("ssm", "describe_parameters"), ("s3", "list_buckets")]
)
def test_each_protocol_understands_it(sandbox: Sandbox, service: str, call: str) -> None:
    sandbox.faults.add("*", "InternalFailure", status=500, message="on purpose")
    with pytest.raises(ClientError) as caught:
        getattr(sandbox.client(service), call)()
    assert caught.value.response["Error"] | {"Type": ""} == {
        "Code": "InternalFailure",
        "Message": "on purpose",
        "Type": "",
    }


def test_a_denied_dry_run(sandbox: Sandbox, ec2: Any, launch: Launch, refused: Any) -> None:
    sandbox.faults.add("RunInstances", "UnauthorizedOperation", status=403, times=None, where={"DryRun": "true"})
    for _ in range(2):
        with pytest.raises(ClientError, match="Encoded authorization failure message: ") as caught:
            launch(DryRun=True)
        assert caught.value.response["Error"]["Code"] == "UnauthorizedOperation"
    assert launch()


def test_faults_over_http(sandbox: Sandbox, ec2: Any, refused: Any) -> None:
    arranged = control(sandbox, "POST", "faults", {"action": "DescribeVpcs", "code": "Unavailable", "status": 503})
    assert arranged[0]["code"] == "Unavailable"
    with refused("Unavailable"):
        ec2.describe_vpcs()
    assert control(sandbox, "GET", "faults") == []
    with pytest.raises(HTTPError, match="400"):
        control(sandbox, "POST", "faults", {"action": "DescribeVpcs", "colour": "red"})


def test_the_clock_over_http(sandbox: Sandbox) -> None:
    before = sandbox.clock.now()
    assert control(sandbox, "POST", "clock", {"advance": 100})["now"] >= before + 100
    with pytest.raises(HTTPError, match="400"):
        control(sandbox, "POST", "clock", {"advance": -1})


def test_calls_are_counted(sandbox: Sandbox, ec2: Any, launch: Launch, refused: Any) -> None:
    control(sandbox, "DELETE", "calls")
    launch()
    with refused("DryRunOperation"):
        launch(DryRun=True)
    with refused("InvalidAMIID.Malformed"):
        launch(ImageId="ami-x")
    report = control(sandbox, "GET", "calls")
    assert (report["total"], report["dry_runs"], report["actions"]) == (3, 1, {"RunInstances": 2})
    assert [each["error"] for each in report["calls"]] == ["", "DryRunOperation", "InvalidAMIID.Malformed"]


def test_what_is_not_imitated_says_so(sandbox: Sandbox, ec2: Any) -> None:
    with pytest.raises(ClientError, match="does not imitate ec2:DescribeVolumeStatus") as caught:
        ec2.describe_volume_status()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_unknown_routes_are_not_found(sandbox: Sandbox) -> None:
    for route in ("nothing", "downloads/..%2fstate.json", "downloads/none.sh"):
        with pytest.raises(HTTPError, match="404"):
            control(sandbox, "GET", route)

"""An account in which a compute environment becomes VALID; and Batch's refusals, which differ by message alone."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.inprocess import Sandbox
from tests.support.trust import trust

AGENTS = "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"
Denied = Callable[[str], AbstractContextManager[None]]
Create = Callable[..., str]


@pytest.fixture(scope="session")
def batch_client(opened: Sandbox) -> Any:
    return opened.client("batch")


@pytest.fixture
def batch(sandbox: Sandbox, batch_client: Any) -> Any:
    return batch_client


@pytest.fixture
def iam(sandbox: Sandbox, clients: dict[str, Any]) -> Any:
    return clients["iam"]


@pytest.fixture
def denied() -> Denied:
    """`with denied("words"):` expects a ClientException with these words in its message."""

    @contextmanager
    def expect(words: str) -> Iterator[None]:
        with pytest.raises(ClientError) as caught:
            yield
        error = caught.value.response["Error"]
        assert error["Code"] == "ClientException"
        assert words in error["Message"]

    return expect


@dataclass(frozen=True)
class Account:
    """`subnets` by their zones, us-east-1a first: us-east-1e offers few types."""

    subnets: list[str]
    group: str


@pytest.fixture
def account(iam: Any, ec2: Any) -> Account:
    """An instance profile `ecsInstanceRole` with its role, a Batch role, and the default network."""
    iam.create_role(RoleName="ecsInstanceRole", AssumeRolePolicyDocument=trust("ec2.amazonaws.com"))
    iam.attach_role_policy(RoleName="ecsInstanceRole", PolicyArn=AGENTS)
    iam.create_instance_profile(InstanceProfileName="ecsInstanceRole")
    iam.add_role_to_instance_profile(InstanceProfileName="ecsInstanceRole", RoleName="ecsInstanceRole")
    iam.create_role(RoleName="AWSBatchServiceRole", AssumeRolePolicyDocument=trust("batch.amazonaws.com"))
    zones = {each["AvailabilityZone"]: each["SubnetId"] for each in ec2.describe_subnets()["Subnets"]}
    subnets = [zones[name] for name in sorted(zones)]
    return Account(subnets, ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"])


@pytest.fixture
def resources(account: Account) -> dict[str, Any]:
    """The computeResources of a usable on-demand environment."""
    return {
        "type": "EC2",
        "allocationStrategy": "BEST_FIT_PROGRESSIVE",
        "minvCpus": 0,
        "maxvCpus": 16,
        "instanceTypes": ["c5.2xlarge"],
        "subnets": account.subnets,
        "securityGroupIds": [account.group],
        "instanceRole": "ecsInstanceRole",
    }


@pytest.fixture
def create(batch: Any, resources: dict[str, Any]) -> Create:
    """CreateComputeEnvironment with changed computeResources (None: left out); its ARN. `request` changes the rest."""

    def make(name: str = "one", request: dict[str, Any] | None = None, **changes: Any) -> str:
        given = {key: value for key, value in {**resources, **changes}.items() if value is not None}
        asked = {"computeEnvironmentName": name, "type": "MANAGED", "computeResources": given, **(request or {})}
        return str(batch.create_compute_environment(**asked)["computeEnvironmentArn"])

    return make


@pytest.fixture
def made(sandbox: Sandbox, create: Create) -> Create:
    """The same, and the clock moved on until it is made."""

    def make(name: str = "one", request: dict[str, Any] | None = None, **changes: Any) -> str:
        arn = create(name, request, **changes)
        sandbox.clock.advance(6)
        return arn

    return make


@pytest.fixture
def environment(batch: Any) -> Callable[..., dict[str, Any]]:
    """DescribeComputeEnvironments of one."""

    def describe(name: str = "one") -> dict[str, Any]:
        [found] = batch.describe_compute_environments(computeEnvironments=[name])["computeEnvironments"]
        return dict(found)

    return describe


@pytest.fixture
def queue(sandbox: Sandbox, batch: Any) -> Callable[..., str]:
    """CreateJobQueue over these environments, and the clock moved on until it is VALID; its ARN."""

    def make(*environments: str, name: str = "queue", **changes: Any) -> str:
        order = [{"order": place, "computeEnvironment": each} for place, each in enumerate(environments, 1)]
        request = {"jobQueueName": name, "priority": 1, "computeEnvironmentOrder": order, **changes}
        arn = str(batch.create_job_queue(**request)["jobQueueArn"])
        sandbox.clock.advance(3)
        return arn

    return make


@pytest.fixture
def definition(batch: Any) -> str:
    """A job definition of one vCPU and 512 MiB; its ARN."""
    container = {"image": "busybox", "vcpus": 1, "memory": 512, "command": ["true"]}
    answer = batch.register_job_definition(jobDefinitionName="work", type="container", containerProperties=container)
    return str(answer["jobDefinitionArn"])


@pytest.fixture
def submit(sandbox: Sandbox, batch: Any, definition: str) -> Callable[..., str]:
    """SubmitJob to `queue`; the job's id."""

    def make(name: str = "job", **changes: Any) -> str:
        request = {"jobName": name, "jobQueue": "queue", "jobDefinition": definition, **changes}
        return str(batch.submit_job(**request)["jobId"])

    return make


@pytest.fixture
def job(batch: Any) -> Callable[[str], dict[str, Any]]:
    def describe(job_id: str) -> dict[str, Any]:
        return dict(batch.describe_jobs(jobs=[job_id])["jobs"][0])

    return describe

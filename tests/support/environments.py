"""Environments of the offline AWS, as tests make and look at them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from cloud.session import Cloud
from environments.apply import apply
from environments.plan.plan import Plan
from environments.plan.prepare import prepare
from environments.plan.steps import Step
from environments.rollout.options import Options
from environments.spec import definitions
from kiln.screen import Screen
from sandbox.inprocess import Sandbox
from tests.support import running_jobs

Define = Callable[..., str]
Register = Callable[..., int]
Registered = Callable[..., dict[str, Any]]
ORDINARY = Options()
STOCK = "ecs-optimized"
IN_PLACE = "{instance_types: [c5.2xlarge]}"
BEST_FIT = "{instance_types: [c5.2xlarge], allocation_strategy: BEST_FIT}"
TEXT = """
name: {name}
image: nextflow-al2023
ami: ecs-optimized
launch_template: nextflow-al2023
buckets: {{work: {{}}}}
roles: {{service: {service}, storage_policy: {storage_policy}}}
compute_environments:
  {name}-one: {compute}
queues:
  {name}-low: {{compute_environments: [{name}-one]}}
  {name}-high: {{priority: 100, compute_environments: [{name}-one]}}
job_definitions:
  {name}-task: {{image: "public.ecr.aws/docker/library/busybox:1", vcpus: 1, memory: 512 MiB, command: ["true"]}}
"""


class Clients(Protocol):
    """Whoever has clients of the offline AWS: it itself, or Kiln's Cloud, which makes each once."""

    def client(self, service: str) -> Any: ...


def define(
    folder: Path,
    name: str = "small",
    *,
    compute: str = IN_PLACE,
    service: str = "service-linked",
    storage_policy: str = "null",
) -> str:
    """A small environment with one of everything: the path of its definition."""
    path = folder / f"{name}.yaml"
    path.write_text(TEXT.format(name=name, compute=compute, service=service, storage_policy=storage_policy))
    return str(path)


def register(
    env: str,
    ami: str = STOCK,
    options: Options = ORDINARY,
    cloud: Cloud | None = None,
) -> Plan:
    """Plan and apply, as invoke register-env --yes does; the plan."""
    cloud = cloud or Cloud()
    planned = prepare(cloud, definitions.load(env), ami, options)
    if planned.something_to_do:
        apply.apply(cloud, planned, options, Screen(quiet=True))
    return planned


def steps(env: str, ami: str = STOCK, options: Options = ORDINARY, cloud: Cloud | None = None) -> dict[str, Step]:
    """What registering it would do, by the resource's name; nothing where it is up to date."""
    planned = prepare(cloud or Cloud(), definitions.load(env), ami, options)
    return {step.desired.name: step for step in planned.steps if step.something_to_do}


def compute(aws: Clients) -> dict[str, dict[str, Any]]:
    """The compute environments by name."""
    found = aws.client("batch").describe_compute_environments()["computeEnvironments"]
    return {each["computeEnvironmentName"]: each for each in found}


def orders(aws: Clients) -> dict[str, list[str]]:
    """The compute environments of each queue, by their names in AWS."""
    found = aws.client("batch").describe_job_queues()["jobQueues"]
    return {
        each["jobQueueName"]: [
            one["computeEnvironment"].rpartition("/")[2]
            for one in sorted(each["computeEnvironmentOrder"], key=lambda one: int(one["order"]))
        ]
        for each in found
    }


def ami_of(described: dict[str, Any]) -> str:
    return str(described["computeResources"]["ec2Configuration"][0]["imageIdOverride"])


def run_job(sandbox: Sandbox, queue: str, definition: str, **more: Any) -> str:
    """A job that is RUNNING; its id."""
    return running_jobs.submit_running(sandbox, jobName="fastqc", jobQueue=queue, jobDefinition=definition, **more)


def status_of(aws: Clients, job: str) -> str:
    return str(aws.client("batch").describe_jobs(jobs=[job])["jobs"][0]["status"])


def left(aws: Clients) -> dict[str, list[str]]:
    """Everything of an environment's that the account holds, whoever made it: kind → names; {} when it is empty.

    Service-linked roles belong to the account.
    """
    iam, batch, ec2 = (aws.client(each) for each in ("iam", "batch", "ec2"))
    found = {
        "queues": [each["jobQueueName"] for each in batch.describe_job_queues()["jobQueues"]],
        "compute environments": list(compute(aws)),
        "job definitions": [
            each["jobDefinitionArn"] for each in batch.describe_job_definitions(status="ACTIVE")["jobDefinitions"]
        ],
        "templates": [each["LaunchTemplateName"] for each in ec2.describe_launch_templates()["LaunchTemplates"]],
        "profiles": [each["InstanceProfileName"] for each in iam.list_instance_profiles()["InstanceProfiles"]],
        "roles": [
            each["RoleName"] for each in iam.list_roles()["Roles"] if not each["Path"].startswith("/aws-service-role/")
        ],
        "policies": [each["PolicyName"] for each in iam.list_policies(Scope="Local")["Policies"]],
        "groups": [
            each["GroupName"]
            for each in ec2.describe_security_groups()["SecurityGroups"]
            if each["GroupName"] != "default"
        ],
        "log groups": [each["logGroupName"] for each in aws.client("logs").describe_log_groups()["logGroups"]],
        "buckets": [each["Name"] for each in aws.client("s3").list_buckets()["Buckets"]],
        "clusters": aws.client("ecs").list_clusters()["clusterArns"],
    }
    return {kind: names for kind, names in found.items() if names}

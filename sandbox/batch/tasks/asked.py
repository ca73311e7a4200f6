"""The task that ECS is asked for, and the log group that Batch makes for it.

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html (propagateTags: "to the corresponding
Amazon ECS task … job tags are given priority over job definitions tags"); the family and the revision of Batch's task
definitions are those of the job definition.
"""

from typing import Any

from moto.logs.models import logs_backends

from sandbox.batch.model import account
from sandbox.batch.model.job import Fields, Job
from sandbox.batch.model.records import Records
from sandbox.batch.tasks import container
from sandbox.ec2.model import instance_types
from sandbox.ecs.model.records import ContainerInstance, TaskAsked
from sandbox.world.world import ACCOUNT

STARTED_BY = "AWSBatch"


def make(records: Records, job: Job, instance: ContainerInstance) -> TaskAsked:
    """Make what ECS is asked to run for a job whose attempt on this container instance has just been begun."""
    definition = records.find_definition(job.definition)
    properties = job.fields["container"]
    vcpus = container.read_requirements(job)["VCPU"]
    type_name = instance.find_attribute("ecs.instance-type") or ""
    return TaskAsked(
        family=definition.name,
        revision=definition.revision,
        container=container.make(records, job),
        volumes=properties.get("volumes") or [],
        role_arn=_make_role_arn(properties.get("jobRoleArn")),
        execution_role_arn=_make_role_arn(properties.get("executionRoleArn")),
        vcpus=vcpus,
        type_vcpus=instance_types.vcpus(type_name) or vcpus,
        started_by=STARTED_BY,
        tags={**definition.tags, **job.tags} if job.fields.get("propagateTags") else {},
    )


def _make_role_arn(named: Any) -> str:
    return account.make_role_arn(named) if named else ""


def ensure_log_group(region: str, log: Fields) -> None:
    """Make Batch's own log group, as Batch does with the first job that writes there."""
    backend, group = logs_backends[ACCOUNT][region], (log.get("options") or {}).get("awslogs-group")
    if group == container.LOG_GROUP and group not in backend.groups:
        backend.create_log_group(group, {})

"""The container of a job, as the ECS container definition that Batch makes of it.

Sources: https://docs.aws.amazon.com/batch/latest/APIReference/API_ContainerProperties.html,
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html,
https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html, …/using_awslogs.html (group /aws/batch/job; the
stream begins with the first 200 characters of the job definition's name), …/job_definition_parameters.html (vcpus "maps
to CpuShares": 1,024 each; memory is a hard limit)
"""

from typing import Any

from sandbox.batch.model.job import Fields, Job
from sandbox.batch.model.records import Records

NAME = "default"
LOG_GROUP = "/aws/batch/job"
CPU_OF_VCPU = 1024
_LONGEST_PREFIX = 200
_SAME = ("command", "mountPoints", "ulimits", "user", "privileged", "readonlyRootFilesystem", "secrets",
         "linuxParameters", "repositoryCredentials", "startTimeout", "stopTimeout")  # fmt: skip


def make(records: Records, job: Job) -> Fields:
    """Make the container definition of a job's next attempt, which is the one that has just been begun."""
    properties = job.fields["container"]
    asked = read_requirements(job)
    made: dict[str, Any] = {
        "name": properties.get("name") or NAME,
        "image": properties["image"],
        "essential": True,
        "cpu": asked["VCPU"] * CPU_OF_VCPU,
        "memory": asked["MEMORY"],
        "environment": _make_environment(records, job),
        "logConfiguration": make_logs(records, job),
    }
    if asked.get("GPU"):
        made["resourceRequirements"] = [{"type": "GPU", "value": str(asked["GPU"])}]
    return {**{name: properties[name] for name in _SAME if properties.get(name)}, **made}


def read_requirements(job: Job) -> dict[str, int]:
    """Read what a job asks for: VCPU, MEMORY (MiB), GPU."""
    return {asked["type"]: int(asked["value"]) for asked in job.fields["container"]["resourceRequirements"]}


def _make_environment(records: Records, job: Job) -> list[dict[str, str]]:
    given = job.fields["container"]["environment"]
    environment = {
        **{variable["name"]: variable.get("value") or "" for variable in given},
        "AWS_BATCH_CE_NAME": job.environment.rpartition("/")[2],
        "AWS_BATCH_JQ_NAME": job.queue.rpartition("/")[2],
        "AWS_BATCH_JOB_ID": job.id,
        "AWS_BATCH_JOB_ATTEMPT": str(len(job.ended) + 1),
    }
    if job.parent:
        environment["AWS_BATCH_JOB_ARRAY_INDEX"] = str(job.index)
        environment["AWS_BATCH_JOB_ARRAY_SIZE"] = str(records.jobs[job.parent].size)
    return [{"name": name, "value": value} for name, value in environment.items()]


def make_logs(records: Records, job: Job) -> Fields:
    """Make the logConfiguration: CloudWatch Logs, in Batch's own group and stream, where the job says nothing else."""
    given = job.fields["container"].get("logConfiguration") or {}
    if given.get("logDriver", "awslogs") != "awslogs":
        return {name: value for name, value in given.items() if value}
    name = records.find_definition(job.definition).name
    options = {
        "awslogs-group": LOG_GROUP,
        "awslogs-region": records.region_name,
        "awslogs-stream-prefix": name[:_LONGEST_PREFIX],
        **(given.get("options") or {}),
    }
    secrets = {"secretOptions": given["secretOptions"]} if given.get("secretOptions") else {}
    return {"logDriver": "awslogs", "options": options, **secrets}

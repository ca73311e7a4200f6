"""What jobs leave behind or suffer: full disks, machines that were taken away, logs and definitions without end.

Sources: "Amazon ECS container agent configuration" (ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION: 3 h), Amazon ECS Developer
Guide; PutRetentionPolicy, Amazon CloudWatch Logs API Reference; DescribeJobDefinitions (100 at a time), AWS Batch API
Reference.
"""

from collections.abc import Iterator

from environments.doctor.checks.finding import Finding, warning
from environments.doctor.facts.compute_environments import name_of, short_name
from environments.doctor.facts.picture import Picture
from environments.doctor.facts.recent import RecentJob
from kiln import words

FEW, SHARE = 3, 0.1  # jobs that lost their machine: fewer, or a smaller share of all, are as Spot is
MANY = 1000  # job definitions of Nextflow's, which it never takes away
_CLEAR = (
    "aws batch describe-job-definitions --status ACTIVE --output text --query "
    "\"jobDefinitions[?starts_with(jobDefinitionName, 'nf-')].jobDefinitionArn\" | tr '\\t' '\\n' | "
    "xargs -r -n 1 aws batch deregister-job-definition --job-definition"
)


def check_full_disks(picture: Picture) -> Iterator[Finding]:
    """Find jobs of the last day that FAILED because the disk of their machine was full."""
    full = [job for job in picture.recent if job.disk_full]
    if full:
        queues = ", ".join(sorted({short_name(job.queue) for job in full}))
        yield warning(
            f"{words.count(len(full), 'job')} of the last day ended on a machine whose disk was full ({queues})",
            f"{_examples(full)}; containers that have ended stay for 3 hours with all that they wrote, unless "
            "ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION says otherwise",
            "set ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION: 10m under ecs_agent: settings in the image's definition, or "
            f"give Docker more room (docker_storage); then {picture.scope.renew_command()}",
            full[0].queue,
        )


def check_spot_losses(picture: Picture) -> Iterator[Finding]:
    """Find queues whose jobs of the last day lost their machines more often than Spot takes machines."""
    for queue in picture.scope.queues:
        ran = [job for job in picture.recent if job.queue == queue["jobQueueArn"]]
        lost = [job for job in ran if job.lost]
        if len(lost) < FEW or len(lost) < SHARE * len(ran):
            continue
        name = str(queue["jobQueueName"])
        members = ", ".join(name_of(environment) for environment in picture.scope.members(queue["jobQueueArn"]))
        yield warning(
            f"{len(lost)} of {words.count(len(ran), 'job')} of the last day in {name} lost a machine under them",
            f"{_examples(lost)}; their work was done again, and paid for again ({members})",
            "allow more instance types and zones, with SPOT_PRICE_CAPACITY_OPTIMIZED; send long jobs to a queue with "
            f"On-Demand machines; then {picture.scope.register_command}",
            name,
        )


def _examples(jobs: list[RecentJob]) -> str:
    first = ", ".join(f"{job.id[:8]} ({job.name})" for job in jobs[:2])
    return f"such as {first}"


def check_log_groups(picture: Picture) -> Iterator[Finding]:
    """Find log groups of jobs whose logs are kept for ever, where no definition asks for that."""
    for name, days in sorted(picture.logs.items()):
        if days is None:
            yield warning(
                f"the log group {name} keeps the logs of jobs for ever",
                "every job adds to it, and it is paid for by size and month",
                f"aws logs put-retention-policy --log-group-name {name} --retention-in-days 90",
                name,
            )


def check_nextflow_definitions(picture: Picture) -> Iterator[Finding]:
    """Find more of Nextflow's job definitions than anybody needs."""
    if picture.nextflow > MANY:
        yield warning(
            f"there are {picture.nextflow} job definitions of Nextflow's (nf-…)",
            "it registers a revision for every container and never takes any away: lists of them take a call for every "
            "100, and plans and the doctor grow slow",
            _CLEAR,
            "nf-*",
        )

"""Looks at what ran: the jobs of the last day, and the log groups of jobs.

Sources: ListJobs (a filter takes every state; 100 at once), AWS Batch API Reference; DescribeLogGroups, Amazon
CloudWatch Logs API Reference.
"""

from datetime import timedelta

from cloud.session import Cloud
from environments.doctor.facts import recent
from environments.doctor.facts.recent import RecentJob
from environments.doctor.facts.scope import Scope
from environments.kinds.batch import jobs

DAY = timedelta(days=1)
DEFAULT = "/aws/batch/job"


def describe_recent_jobs(cloud: Cloud, scope: Scope) -> tuple[RecentJob, ...]:
    """Describe the newest 100 jobs of every queue that were submitted within a day: enough to see how they fare."""
    since = str(int((scope.now - DAY).timestamp() * 1000))
    batch, ids = cloud.client("batch"), list[str]()
    for queue in scope.queues:
        filters = [{"name": "AFTER_CREATED_AT", "values": [since]}]
        listed = batch.list_jobs(jobQueue=queue["jobQueueArn"], filters=filters)["jobSummaryList"]
        ids += [summary["jobId"] for summary in listed]
    return tuple(recent.read(described) for described in jobs.described(cloud, ids))


def describe_log_groups(cloud: Cloud, scope: Scope) -> dict[str, int | None]:
    """Describe the log groups of jobs: name → days that logs are kept (None: for ever); those alone that are there.

    Groups that a definition asks to keep for ever are left out.
    """
    own = [spec.log_group for spec in scope.definitions.values()]
    endless = {group.name for group in own if group.days is None}
    names = {group.name for group in own} or ({DEFAULT} if scope.queues else set())
    kept: dict[str, int | None] = {}
    for name in sorted(names - endless):
        answer = cloud.client("logs").describe_log_groups(logGroupNamePrefix=name)
        kept |= {group["logGroupName"]: group.get("retentionInDays") for group in answer["logGroups"]
                 if group["logGroupName"] == name}  # fmt: skip
    return kept

"""What canaries that were killed left behind: known by its names, its tag and the run's id, and removed by the next.

What belongs to a run that goes on is left alone (jobs/looks/living.py).
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from cloud import wait
from cloud.pages import list_all
from cloud.session import Cloud
from environments.kinds.batch import jobs
from jobs.canary import objects
from jobs.canary.run import BEGIN, TAG, Run
from jobs.canary.setting import Setting
from jobs.looks import listing, living
from jobs.model import runs
from jobs.model.listed import UNFINISHED
from kiln import words

STOPPING = 90.0  # seconds: a container that is stopped has 30 to put its log into the bucket
Described = dict[str, Any]
REASON = "Kiln's canary is over"


def sweep(cloud: Cloud, setting: Setting, now: datetime) -> tuple[str, ...]:
    """Remove what runs that are over left: their jobs, then their job definitions, then their files. Says what."""
    is_over = living.judge_by(setting.run.id, now)
    swept = [f"ended {job}" for job in _end_jobs(cloud, setting, is_over)]
    for definition in list_definitions(cloud, setting.run):
        if is_over((definition.get("tags") or {}).get(TAG, "")):
            cloud.client("batch").deregister_job_definition(jobDefinition=definition["jobDefinitionArn"])
            swept.append(f"deregistered {definition['jobDefinitionName']}:{definition['revision']}")
    count = objects.remove(
        cloud, setting.bucket, f"{setting.folder}{BEGIN}/", lambda key: is_over(runs.find_id(key))
    )  # fmt: skip
    return (*swept, *([f"deleted {words.count(count, 'file')}"] if count else []))


def list_definitions(cloud: Cloud, current: Run) -> list[Described]:
    """List the ACTIVE revisions of the environment's canary, whichever run's."""
    return list_all(
        cloud.client("batch"), "describe_job_definitions", "jobDefinitions",
        jobDefinitionName=current.definition, status="ACTIVE",
    )  # fmt: skip


def _end_jobs(cloud: Cloud, setting: Setting, is_over: Callable[[str], bool]) -> list[str]:
    ended = []
    for queue in setting.queues:
        for job in listing.list_named(cloud, queue, BEGIN):
            if job.status in UNFINISHED and is_over(runs.find_id(job.name)):
                end_job(cloud, job.id)
                ended.append(job.name)
    return ended


def end_job(cloud: Cloud, job_id: str) -> None:
    """End a job and wait until it is over: what its container still puts into the bucket would stay there."""
    if _is_over(cloud, job_id):
        return
    cloud.client("batch").terminate_job(jobId=job_id, reason=REASON)
    wait.until(lambda: _is_over(cloud, job_id) or None, what=f"the end of {job_id}", timeout=STOPPING)


def _is_over(cloud: Cloud, job_id: str) -> bool:
    described = jobs.described(cloud, [job_id])
    return not described or described[0]["status"] in ("SUCCEEDED", "FAILED")

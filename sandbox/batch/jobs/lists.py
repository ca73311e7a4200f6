"""DescribeJobs, ListJobs and GetJobQueueSnapshot.

Sources: https://docs.aws.amazon.com/batch/latest/APIReference/API_DescribeJobs.html ("up to 100 job IDs"),
…/API_ListJobs.html ("only one of" queue, array and multi-node job; "If you don't specify a status, only RUNNING jobs
are returned"; with filters jobStatus is ignored; newest first), …/API_GetJobQueueSnapshot.html (the first 100 RUNNABLE
jobs)
"""

from itertools import islice

from sandbox.batch.jobs import filters, moves, views
from sandbox.batch.model import names
from sandbox.batch.model.errors import executing
from sandbox.batch.model.job import Fields
from sandbox.batch.model.records import Records

_AT_ONCE = 100
_OWNERS = ("jobQueue", "arrayJobId", "multiNodeJobId")


def describe(records: Records, request: Fields) -> Fields:
    asked = request["jobs"]
    if len(asked) > _AT_ONCE:
        raise executing(f"Maximum number of jobs supported is  {_AT_ONCE} .")  # to the letter: pegasus-isi/pegasus#2086
    if not asked:
        raise executing("jobs can not be empty.")
    known = [records.jobs[job_id] for job_id in asked if job_id in records.jobs]
    return {"jobs": [views.render_detail(records, job) for job in known]}


def list_jobs(records: Records, request: Fields) -> Fields:
    owner = _find_owner(records, request)
    asked = request.get("filters") or []
    if asked and request.get("jobQueue"):  # "The filter doesn't apply to child jobs in an array"
        jobs = filters.choose(moves.list_all(records, owner), asked)
    else:
        jobs = moves.list_by_status(records, owner, request.get("jobStatus", "RUNNING"))
    return {"jobSummaryList": [views.render_summary(records, job) for job in jobs]}


def _find_owner(records: Records, request: Fields) -> str:
    """Find whose jobs are asked for: the queue's ARN, or the array's id."""
    given = [name for name in _OWNERS if request.get(name)]
    if len(given) != 1:
        raise executing(f"Exactly one of {', '.join(_OWNERS)} must be specified.")
    if given == ["multiNodeJobId"]:
        raise NotImplementedError("multi-node jobs")
    if given == ["jobQueue"]:
        return names.find_queue(records, request["jobQueue"]).arn
    array = records.jobs.get(request["arrayJobId"])
    if array is None or not array.size:
        raise executing(f"Array job {request['arrayJobId']} does not exist.")
    return array.id


def take_snapshot(records: Records, request: Fields) -> Fields:
    queue = names.find_queue(records, request["jobQueue"])
    waiting = islice(records.runnable[queue.arn], _AT_ONCE)
    jobs = [{"jobArn": job.arn, "earliestTimeAtPosition": int(job.since * 1000)} for job in waiting]
    return {"frontOfQueue": {"jobs": jobs, "lastUpdatedAt": moves.tell_milliseconds()}}

"""Jobs that are under way, and where they run, without AWS."""

from typing import Any, cast

from cloud.session import Cloud
from environments.kinds.batch import jobs
from environments.kinds.batch.jobs import Job


def test_which_jobs_may_outlast_a_timeout() -> None:
    found = [
        Job("a", "limited", "RUNNING", started=1000.0, limit=3600),
        Job("b", "unlimited, for long", "RUNNING", started=1000.0),
        Job("c", "unlimited, new", "RUNNING", started=8000.0),
        Job("d", "starting", "STARTING"),
    ]
    assert [job.id for job in jobs.outlasting(found, 60, now=1000.0 + 3700)] == ["b"]
    assert [job.id for job in jobs.outlasting(found, 30, now=1100.0)] == ["a"]


class Arrays:
    """AWS Batch with one array job (the offline AWS has none): its parent is PENDING while a child runs."""

    def client(self, service: str) -> "Arrays":
        assert service == "batch"
        return self

    def get_paginator(self, operation: str) -> "Arrays":
        assert operation == "list_jobs"
        return self

    def paginate(self, **query: str) -> list[dict[str, list[dict[str, Any]]]]:
        parent: dict[str, Any] = {"jobId": "p", "jobName": "n", "status": "PENDING", "arrayProperties": {"size": 2}}
        known = {("queue", "PENDING"): [parent], ("p", "RUNNING"): [{"jobId": "p:1"}]}
        asked = query.get("arrayJobId") or query["jobQueue"]
        return [{"jobSummaryList": known.get((asked, query["jobStatus"]), [])}]

    def describe_jobs(self, jobs: list[str]) -> dict[str, list[dict[str, Any]]]:
        return {"jobs": [{"jobId": each, "jobName": "n", "status": "RUNNING"} for each in jobs]}


def test_children_of_arrays_are_waited_for() -> None:
    assert [job.id for job in jobs.placed(cast(Cloud, Arrays()), ["queue"])] == ["p:1"]


def test_where_a_job_runs() -> None:
    place = "arn:aws:ecs:us-east-1:123456789012:container-instance"
    common = {"jobId": "x", "jobName": "n", "status": "RUNNING"}
    ours = jobs.detailed({**common, "container": {"containerInstanceArn": f"{place}/batch-one/0123"}})
    newer = {"taskProperties": [{"containerInstanceArn": f"{place}/batch-two/0123"}]}
    theirs = jobs.detailed({**common, "ecsProperties": newer})
    unknown = jobs.detailed({**common, "container": {"containerInstanceArn": f"{place}/0123"}})
    assert jobs.on([ours, theirs, unknown], ["arn:aws:ecs:us-east-1:123456789012:cluster/batch-one"]) == [ours, unknown]

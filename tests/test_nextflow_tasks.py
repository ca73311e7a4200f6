"""The tasks of the tour and of the e2e tests, in Nextflow's shape."""

import re

from scripts import tour
from scripts.nextflow_tasks import make_job_name

# SubmitJob, AWS Batch API Reference: jobName.
TAKEN = re.compile(r"[0-9a-zA-Z][0-9a-zA-Z_-]{0,127}")


def test_a_job_has_its_task_s_name_as_nextflow_writes_it() -> None:
    assert make_job_name("ALIGN (2)") == "ALIGN_2"
    assert len(make_job_name("RNASEQ:ALIGN (sample)" * 20)) == 128


def test_the_tour_s_tasks_are_taken_by_batch() -> None:
    for task in tour.TASKS:
        assert TAKEN.fullmatch(make_job_name(task.name)), task.name

"""The request that starts a head job (pure).

Source: SubmitJob, AWS Batch API Reference. Longer overrides are taken, and then the job fails: they are refused here.
"""

import json
from collections.abc import Sequence
from typing import Any

from kiln.errors import UserError
from nextflow.runs.places import Places
from nextflow.runs.record import RunRecord

RUN, RUN_NAME, HEAD = "kiln:run", "kiln:run-name", "kiln:head"  # tags of jobs
LONGEST = 8192  # characters of containerOverrides


def name_job(run: str) -> str:
    """Name a run's head job."""
    return f"nextflow-{run}"


def make(record: RunRecord, places: Places, definition: str, command: Sequence[str], *, resume: bool) -> dict[str, Any]:
    """Make the parameters of SubmitJob; raises UserError where the overrides are longer than AWS Batch takes."""
    variables = {
        "NF_RUN": record.name, "NF_RUN_ID": record.id, "NF_RUNDIR": places.uri(places.folder), "NF_WORK": record.work,
        "NF_CONFIG": record.config, "NF_PARAMS": record.params, "NF_RESUME": "1" if resume else "",
    }  # fmt: skip
    overrides = {
        "command": list(command),
        "environment": [{"name": name, "value": value} for name, value in variables.items() if value],
    }
    check_length(overrides)
    return {
        "jobName": name_job(record.name), "jobQueue": record.queue, "jobDefinition": definition,
        "containerOverrides": overrides, "tags": {RUN: record.id, RUN_NAME: record.name, HEAD: "true"},
    }  # fmt: skip


def check_length(overrides: dict[str, Any]) -> None:
    """Raise UserError for overrides over LONGEST characters, as JSON has them."""
    length = len(json.dumps(overrides, separators=(",", ":"), ensure_ascii=False))
    if length > LONGEST:
        raise UserError(
            f"the command of the head job is too long: {length} characters with its variables",
            f"AWS Batch takes at most {LONGEST} characters of overrides, and fails a job that has more",
            "Put the parameters into a file: --params FILE.yaml, which travels in S3.",
        )

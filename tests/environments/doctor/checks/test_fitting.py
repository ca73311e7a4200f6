"""Jobs that are too large for what their queue's compute environments may launch."""

import pytest

from environments.doctor.checks.fitting import check_size
from environments.doctor.facts.jobs import QueuedJob
from environments.doctor.facts.picture import Picture
from environments.doctor.facts.scope import Scope
from tests.support.doctor_pictures import NOW, job, picture


@pytest.mark.parametrize(
    ("asked", "what", "fix"),
    [
        (job(1, 16384), "it asks for 16384 MiB; c5.2xlarge registers 15434 MiB",
         "ask for 15400 MiB or less, or allow c5.4xlarge"),
        (job(9), "it asks for 9 vCPUs; c5.2xlarge has 8", "ask for 8 or fewer, or allow c5.4xlarge"),
        (job(1, 1024, 1), "it asks for 1 GPU and 1 vCPU; c5.2xlarge has 0 and 8",
         "ask for less, or allow larger instance_types"),
        (job(300), "it asks for 300 vCPUs; one may have 256", "or raise max_vcpus to 300"),
    ],
)  # fmt: skip
def test_jobs_that_are_too_large(asked: QueuedJob, what: str, fix: str) -> None:
    finding = check_size(asked, picture("c5.2xlarge"))
    assert finding
    assert finding.what == f"job 7c1e0000 (fastqc) cannot start: {what}"
    assert finding.fix.endswith(fix)


def test_jobs_that_fit() -> None:
    assert check_size(job(8, 15434), picture("c5.2xlarge")) is None
    assert check_size(job(48, 1024, 4), picture("c5.2xlarge", "g5")) is None
    assert check_size(job(1, 10**9), Picture(Scope("us-east-1", NOW))) is None, "nothing is known of its queue"

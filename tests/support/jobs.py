"""A job of which everything is known, as tests show it."""

from datetime import UTC, datetime

from environments.doctor.checks.finding import error
from environments.doctor.facts.jobs import QueuedJob
from environments.doctor.job import Explanation
from jobs.looks.logs import Line
from jobs.looks.whole import Whole
from jobs.model.job import Array, Attempt, Job
from jobs.model.listed import Listed
from jobs.model.place import Machine, TaskTimes

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
SPOT = "arn:aws:ecs:us-east-1:123456789012:container-instance/spot_Batch_1/0a"
ONDEMAND = "arn:aws:ecs:us-east-1:123456789012:container-instance/ondemand_Batch_1/0c"
QUEUE = "arn:aws:batch:us-east-1:123456789012:job-queue/default"
DEFINITION = "arn:aws:batch:us-east-1:123456789012:job-definition/nf-fastqc:3"
ENDED = "Essential container in task exited"


def at(minute: int, second: int = 0) -> datetime:
    """A moment of the hour before NOW."""
    return datetime(2026, 11, 28, 11, minute, second, tzinfo=UTC)


LOST = Attempt(
    1, at(2), at(20), None, "Host EC2 (instance i-0aa) terminated.", machine=SPOT, task="t1", stream="s/1"
)  # fmt: skip
KILLED = Attempt(
    2, at(25), at(30), 137, ENDED, "OutOfMemoryError: Container killed due to memory usage", ONDEMAND, "t2", "s/2"
)
FAILED = Job(
    "4bb17e4d-0000-4000-8000-0123456789ab", "fastqc", QUEUE, DEFINITION, "FAILED", ENDED, image="quay.io/fastqc:1",
    command=("fastqc", "a.fq"), vcpus=2, memory=4096, allowed=2, timeout=3600, depends_on=("other",), created=at(0),
    started=at(25), stopped=at(30), attempts=(LOST, KILLED),
)  # fmt: skip
MACHINES = {
    SPOT: Machine(spot=True, environment="spot"),
    ONDEMAND: Machine("i-0bb", "c5.2xlarge", "us-east-1b", False, "ondemand", "1.105.1", "25.0.8", 8, 15434, "ami-1",
                      known=True),
}  # fmt: skip
TIMES = {"t2": TaskTimes(at(24), at(24, 5), at(24, 50), at(25), at(30))}
LINES = (Line(at(29), "Analysis complete for a.fq"), Line(at(29, 58), "Killed"))
WHOLE = Whole(FAILED, "us-east-1", MACHINES, TIMES, LINES)

_FINDING = error("job 4bb17e4d (fastqc) cannot start: it is too large", "the machine is too small", "ask for less", "j")
WAITING = Whole(
    Job("4bb17e4d-0000-4000-8000-0123456789ab", "fastqc", QUEUE, DEFINITION, "RUNNABLE", created=at(0)), "us-east-1",
    {}, {}, explanation=Explanation(
        QueuedJob("4bb17e4d", "fastqc", QUEUE, "RUNNABLE", "", 8, 16384, waited=600),
        "RUNNABLE for 10 min 0 s", _FINDING,
    ),
)  # fmt: skip
ARRAY = Whole(
    Job("4bb17e4d-0000-4000-8000-0123456789ab", "align", QUEUE, DEFINITION, "PENDING", created=at(0),
        array=Array(50, None, (("SUCCEEDED", 40), ("FAILED", 7), ("RUNNING", 3)))),
    "us-east-1", {}, {}, no_log="an array's children have logs of their own",
    failed=tuple(Listed(f"4bb17e4d-0000-4000-8000-0123456789ab:{index}", "align", "", "FAILED", ENDED, exit_code=3)
                 for index in range(5)),
    failed_count=7,
)  # fmt: skip
LISTED = (
    Listed("a", "fastqc", "default", "FAILED", ENDED, exit_code=3, created=at(0), started=at(2), stopped=at(3)),
    Listed("b", "align", "default", "PENDING", created=at(1), array=ARRAY.job.array),
)

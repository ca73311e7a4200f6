"""Jobs that really run in tests: on machines that the offline Batch launches, played by the double of agents."""

from typing import Any

from sandbox.inprocess import Sandbox
from tests.support.agents import AgentDouble

_SOON = 20.0  # seconds: a machine is launched, its agent joins, the job is placed


def agents_of(sandbox: Sandbox) -> AgentDouble:
    """The agents of a test's machines, from the first call on; containers run until they are ended."""
    for hear in sandbox.world.machine_listeners:
        double = getattr(hear, "__self__", None)
        if isinstance(double, AgentDouble):
            return double
    agents = AgentDouble(sandbox).__enter__()
    agents.script("", seconds=None, term_exit_code=143)
    return agents


def dismiss(sandbox: Sandbox) -> None:
    """Let no agents of this test join the machines of the next."""
    listeners = sandbox.world.machine_listeners
    listeners[:] = [hear for hear in listeners if not isinstance(getattr(hear, "__self__", None), AgentDouble)]


def submit_running(sandbox: Sandbox, **request: Any) -> str:
    """SubmitJob, and the clock moved on until the job is RUNNING; its id."""
    agents_of(sandbox)
    job_id = str(sandbox.client("batch").submit_job(**request)["jobId"])
    sandbox.clock.advance(_SOON)
    assert describe(sandbox, job_id)["status"] == "RUNNING", describe(sandbox, job_id)
    return job_id


def finish(sandbox: Sandbox, job_id: str, exit_code: int = 0) -> None:
    """Let the container of a RUNNING job end by itself."""
    agents_of(sandbox).end(describe(sandbox, job_id)["container"]["taskArn"], exit_code)


def describe(sandbox: Sandbox, job_id: str) -> dict[str, Any]:
    return dict(sandbox.client("batch").describe_jobs(jobs=[job_id])["jobs"][0])

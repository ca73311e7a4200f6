"""The stand-in for what places jobs: it brings a job into RUNNING, or ends it, where a test says so.

No call of AWS does this. It is reached by the sandbox's own route /kiln-sandbox/batch-jobs, or `Sandbox.place_job`.
"""

from sandbox.batch.jobs import attempts, states
from sandbox.batch.jobs.endings import ENDED, Ending
from sandbox.batch.model import records
from sandbox.batch.model.records import Environment, Job, Records
from sandbox.batch.placing import settling
from sandbox.world.world import World

ENDINGS = ("SUCCEEDED", "FAILED")


def place(world: World, job_id: str, status: str = "RUNNING", environment: str = "") -> dict[str, str]:
    """Bring a RUNNABLE job into RUNNING in one of its queue's environments (the first usable one unless named), or
    a RUNNING one to its end. ValueError when the job is unknown, or in another status.
    """
    with world.lock:
        world.settle()
        table, job = _find_job(job_id)
        settling.settle(table)
        if status == "RUNNING" and job.status == "RUNNABLE":
            chosen = _find_environment(table, job, environment)
            _begin(table, job, chosen)
            _grow(table, chosen)
        elif status in ENDINGS and job.status in states.PLACED:
            _end(table, job, status)
        else:
            raise ValueError(f"job {job_id} is {job.status}, and cannot become {status}")
        return {"jobId": job.id, "status": job.status, "computeEnvironment": job.environment}


def _find_job(job_id: str) -> tuple[Records, Job]:
    for table in records.everywhere():
        if job_id in table.jobs:
            return table, table.jobs[job_id]
    raise ValueError(f"no job {job_id}")


def _find_environment(table: Records, job: Job, named: str) -> Environment:
    queue = next(queue for queue in table.queues.values() if queue.arn == job.queue)
    usable = [
        environment
        for environment in table.of_queue(queue)
        if named in ("", environment.name, environment.arn)
        and (environment.status, environment.state) == ("VALID", "ENABLED")
    ]
    if not usable:
        raise ValueError(f"no usable compute environment {named or 'in the queue'}")
    return usable[0]


def _begin(table: Records, job: Job, environment: Environment) -> None:
    cluster = environment.cluster.rpartition("/")[2]
    prefix = table.arn("x", "").rpartition(":")[0].replace(":batch:", ":ecs:")
    attempts.begin(table, job, environment.arn, f"{prefix}:container-instance/{cluster}/{job.id.replace('-', '')}")
    attempts.run(table, job, states.tell_milliseconds(), "")


def _grow(table: Records, environment: Environment) -> None:
    """Raise desiredvCpus with the load, as Batch does."""
    load = sum(states.count_vcpus(job) for job in table.placed[environment.arn].values())
    resources = environment.resources
    if resources:
        resources["desiredvCpus"] = min(max(resources["desiredvCpus"], load), resources["maxvCpus"])


def _end(table: Records, job: Job, status: str) -> None:
    succeeded = status == "SUCCEEDED"
    attempts.finish(table, job, Ending(ENDED, exit_code=0 if succeeded else 1, succeeded=succeeded))

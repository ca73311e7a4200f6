"""What Batch remembers, by account and region: moto empties it with everything else."""

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.resource_tagging import TaggableResourcesMixin, TaggedResource

from sandbox.batch.model.fleet import Fleet
from sandbox.batch.model.job import Fields, Job, Line
from sandbox.world.world import ACCOUNT

__all__ = ["Definition", "Environment", "Fields", "Job", "Line", "Queue", "Records", "everywhere", "of"]

# States of a record that is on its way from one to another: nothing may be changed meanwhile.
MOVING = ("CREATING", "UPDATING", "DELETING")


@dataclass
class Environment:
    """A compute environment; `resources` are its computeResources as DescribeComputeEnvironments tells them.

    `template_version` is the number that $Latest or $Default meant when the infrastructure was last made, `revision`
    how often it was made anew; `checked` is when its health was last looked at (seconds since the epoch). `raised` is a
    desiredvCpus that somebody asked for, until the machines are there, or else until `raised_until`.
    """

    name: str
    arn: str
    kind: str
    state: str
    resources: Fields
    service_role: str
    uuid: str
    cluster: str
    tags: dict[str, str]
    status: str = "CREATING"
    reason: str = "ComputeEnvironment Creating"
    update_policy: Fields | None = None
    template_version: int | None = None
    checked: float = 0.0
    context: str = ""
    unmanaged_vcpus: int | None = None
    revision: int = 0
    raised: int = 0
    raised_until: float = 0.0


@dataclass
class Queue:
    """A job queue; `order` is its computeEnvironmentOrder, ascending, by ARN.

    `leaving` are the compute environments that an update is taking out of it, until it is through.
    """

    name: str
    arn: str
    state: str
    priority: int
    order: list[Fields]
    limits: list[Fields]
    tags: dict[str, str]
    policy: str | None = None
    status: str = "CREATING"
    reason: str = "JobQueue Creating"
    leaving: list[str] = field(default_factory=list)

    def environments(self) -> list[str]:
        """List the ARNs of its compute environments, in their order."""
        return [str(entry["computeEnvironment"]) for entry in self.order]


@dataclass
class Definition:
    """One revision of a job definition; `fields` are what RegisterJobDefinition was given, `container` what its jobs
    run, as containerProperties; `deregistered` is when it became INACTIVE (seconds since the epoch).
    """

    name: str
    revision: int
    arn: str
    fields: Fields
    tags: dict[str, str]
    container: Fields
    status: str = "ACTIVE"
    deregistered: float = 0.0


class Records(BaseBackend, TaggableResourcesMixin):
    """The tables of one region. Jobs are listed in the order in which they were submitted.

    What is kept beside them, so that nothing needs a look at all jobs: `runnable` by queue; `listed` by queue (of
    children: by their parent) and status; `placed` by compute environment: all by ARN, and a parent by its id.
    `dependents` are the jobs that wait for the end of another, `by_task` those whose task is known to ECS.
    `submitted` are the times of the last second's submissions.
    """

    SERVICE_NAMESPACE = "batch"

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.environments: dict[str, Environment] = {}
        self.queues: dict[str, Queue] = {}
        self.definitions: dict[str, list[Definition]] = {}
        self.jobs: dict[str, Job] = {}
        self.runnable: dict[str, Line] = defaultdict(Line)
        self.listed: dict[tuple[str, str], dict[str, Job]] = defaultdict(dict)
        self.placed: dict[str, dict[str, Job]] = defaultdict(dict)
        self.dependents: dict[str, list[Job]] = defaultdict(list)
        self.by_task: dict[str, Job] = {}
        self.listens = False
        self.submitted: deque[float] = deque()
        self.revisions: dict[str, int] = {}
        self.fleet = Fleet()

    def arn(self, kind: str, name: str) -> str:
        """Make the ARN of a resource of this region, such as job-queue/NAME."""
        return f"arn:{self.partition}:batch:{self.region_name}:{self.account_id}:{kind}/{name}"

    def of_queue(self, queue: Queue) -> list[Environment]:
        """List a queue's compute environments that still exist, in their order."""
        by_arn = {environment.arn: environment for environment in self.environments.values()}
        return [by_arn[arn] for arn in queue.environments() if arn in by_arn]

    def find_queue(self, arn: str) -> Queue | None:
        """Find the queue of that ARN; None when it was deleted."""
        return self.queues.get(arn.rpartition("/")[2])

    def find_definition(self, arn: str) -> Definition:
        """Find the revision of that ARN: none is ever forgotten."""
        name, _, revision = arn.rpartition("/")[2].partition(":")
        return self.definitions[name][int(revision) - 1]

    def find_tags(self, arn: str) -> dict[str, str] | None:
        """Find the tags of what has that ARN; None when there is no such thing, or when it cannot have any.

        Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_TagResource.html ("ARNs for child jobs of
        array and multi-node parallel (MNP) jobs aren't supported")
        """
        name = arn.rpartition("/")[2]
        job = self.jobs.get(name)
        named = (self.environments.get(name), self.queues.get(name), job if job and not job.parent else None)
        revisions = self.definitions.get(name.partition(":")[0], [])
        return next((it.tags for it in (*named, *revisions) if it is not None and it.arn == arn), None)

    def tagged(self) -> Iterator[tuple[str, str, dict[str, str]]]:
        """Yield type, ARN and tags of everything that can carry tags."""
        for environment in self.environments.values():
            yield "compute-environment", environment.arn, environment.tags
        for queue in self.queues.values():
            yield "job-queue", queue.arn, queue.tags
        for revisions in self.definitions.values():
            for definition in revisions:
                yield "job-definition", definition.arn, definition.tags
        for job in self.jobs.values():
            if not job.parent:
                yield "job", job.arn, job.tags

    def iter_tagged_resources(self) -> Iterator[TaggedResource]:
        """Yield them for the Resource Groups Tagging API."""
        for kind, arn, tags in self.tagged():
            yield TaggedResource(arn, dict(tags), f"batch:{kind}")


_records = BackendDict(Records, "batch")


def of(region: str) -> Records:
    """Return the records of a region of the sandbox's account."""
    found: Records = _records[ACCOUNT][region]
    return found


def everywhere() -> list[Records]:
    """Return the records of every region that was used."""
    return list(_records[ACCOUNT].values())

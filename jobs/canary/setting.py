"""Everything that a canary must know before it makes anything: asked of the definition and of AWS."""

from dataclasses import dataclass

from cloud import errors
from cloud.session import Cloud
from environments.model.region import Region
from environments.plan import aws_cli
from environments.spec.environment import EnvironmentSpec
from jobs.canary.run import BEGIN, Run
from jobs.looks import queues
from kiln import typed
from kiln.errors import UserError


@dataclass(frozen=True)
class Setting:
    """`bucket` and `folder` (with "/" at its end) are where it stages its files; `cli` is the folder above bin/aws.

    `queues` are names; `job_role` is an ARN, "" where tasks live on the machine's role (`role`: its name). `scratch` is
    in GiB, `limit` in seconds.
    """

    run: Run
    region: str
    queues: tuple[str, ...]
    bucket: str
    folder: str
    cli: str
    image: str
    job_role: str
    role: str
    log_group: str
    scratch: int
    scratch_path: str
    limit: int

    def key(self, name: str, queue: str = "") -> str:
        """The key of an object: of the run, or of the job of a queue."""
        return f"{self.folder}{BEGIN}/{self.run.id}/{queue + '/' if queue else ''}{name}"


def find(cloud: Cloud, spec: EnvironmentSpec, run: Run, queue: str = "", scratch: int = 0) -> Setting:
    """Find out; raises UserError where the environment, a queue, the bucket, the CLI or the job role is missing."""
    chosen = queues.select(Region(cloud), spec.name, queue)
    use = "work" if "work" in spec.buckets else next(iter(spec.buckets), "")
    if not use:
        raise UserError(
            f"{spec.name} has no bucket",
            "a canary stages its files in S3, as Nextflow does, and the definition names none under buckets",
            "Add buckets: {work: {}} to the definition, or an existing one: {name: …, existing: true}.",
        )
    role = spec.job_role or ""
    return Setting(
        run, cloud.region, tuple(str(described["jobQueueName"]) for described in chosen),
        spec.bucket_name(use, cloud.account(), cloud.region), spec.buckets[use].expire or "",
        aws_cli.find_prefix(spec), spec.canary.container_image, _find_role(cloud, spec, role),
        role or spec.roles.instance, spec.log_group.name, scratch or spec.canary.scratch, spec.canary.scratch_path,
        spec.canary.time_limit,
    )  # fmt: skip


def _find_role(cloud: Cloud, spec: EnvironmentSpec, name: str) -> str:
    """Its ARN, which may have a path that no name tells; "" for no role."""
    if not name:
        return ""
    answer = errors.or_none(cloud.client("iam").get_role, RoleName=name)
    if answer is None:
        raise UserError(
            f"the job role {name} is missing",
            f"tasks of {spec.name} run under it",
            f"{typed.command(f'register-env --env {spec.name}')} makes it.",
        )
    return str(answer["Role"]["Arn"])

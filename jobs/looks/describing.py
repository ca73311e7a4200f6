"""A job by its id or ARN, or why there is none."""

from cloud.session import Cloud
from environments.kinds.batch import jobs
from environments.model import job_ids
from jobs.model.job import Job, read
from kiln import typed
from kiln.errors import UserError


def describe(cloud: Cloud, job: str) -> Job:
    """Describe a job; raises UserError for what is no job's id, or for one that AWS Batch does not know here."""
    job_id = read_id(cloud, job)
    described = jobs.described(cloud, [job_id])
    if described:
        return read(described[0])
    raise UserError(
        f"there is no job {job_id} in {cloud.region}",
        "AWS Batch knows no such job in this region; it keeps a job for at least seven days after it has ended",
        f"Check --region, and the id: {typed.command('list-jobs')} shows them.",
    )


def read_id(cloud: Cloud, job: str) -> str:
    """Read the id out of what a person typed: an id, or an ARN of this region."""
    job_id = job_ids.read(job, cloud.region)
    if not job_ids.is_id(job_id):
        raise UserError(
            f"{job} is no job's id",
            "an id has 32 hexadecimal digits in five groups (of an array's child with :INDEX behind it); a name is not "
            "enough, as many jobs can have it",
            f"{typed.command('list-jobs')} shows ids and names.",
        )
    return job_id

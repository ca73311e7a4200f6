"""A job by its id or ARN, or why there is none."""

import re

from cloud.session import Cloud
from environments.kinds.batch import jobs
from jobs.model.job import Job, read
from kiln import typed
from kiln.errors import UserError

_ARN = re.compile(r"arn:aws[a-z-]*:batch:(?P<region>[a-z0-9-]+):\d{12}:job/(?P<id>\S+)")
_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(:\d{1,5}|#\d{1,4})?")


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
    if match := _ARN.fullmatch(job.strip()):
        if match["region"] != cloud.region:
            raise UserError(
                f"the job {match['id']} is not in {cloud.region}",
                f"its ARN is of {match['region']}",
                f"Try --region {match['region']}.",
            )
        return match["id"]
    if not _ID.fullmatch(job.strip()):
        raise UserError(
            f"{job} is no job's id",
            "an id has 32 hexadecimal digits in five groups (of an array's child with :INDEX behind it); a name is not "
            "enough, as many jobs can have it",
            f"{typed.command('list-jobs')} shows ids and names.",
        )
    return job.strip().lower()

"""What does not work of a resolved configuration as a whole (pure).

Sources: https://www.nextflow.io/docs/latest/aws.html (maxSpotAttempts); what a run without the aws scope ends with was
seen with Nextflow 26.04.
"""

import re
from collections.abc import Iterator, Mapping

from nextflow.config.check.model import Note

_BY_ATTEMPT = re.compile(r"task\.(attempt|previousTrace)\b")
_CHANGING = re.compile(r"process\..*\b(queue|memory|cpus)")


def list_notes(options: Mapping[str, str]) -> Iterator[Note]:
    """List them for a configuration whose executor is AWS Batch; without an executor, only what concerns retries."""
    attempts = options.get("aws.batch.maxSpotAttempts", "0").strip("'\"")
    changing = [name for name, value in options.items() if _CHANGING.fullmatch(name) and _BY_ATTEMPT.search(value)]
    if attempts.isdecimal() and int(attempts) and changing:
        yield Note(
            f"aws.batch.maxSpotAttempts = {attempts} beside {changing[0]} by task.attempt",
            "what AWS Batch starts again itself is the same attempt to Nextflow: same queue, same memory, for ever",
            "set aws.batch.maxSpotAttempts = 0, and let errorStrategy try again",
        )
    if options.get("process.executor", "").strip("'\"").lower() != "awsbatch":
        return
    if not any(name.startswith("aws.") for name in options):
        yield Note(
            "no option of the scope aws is set", "the executor awsbatch ends with an error without it",
            "set aws.region",
        )  # fmt: skip
    work = options.get("workDir", "").strip("'\"")
    if work and not work.startswith("s3://"):
        yield Note(
            f"workDir is {work}", "AWS Batch's machines do not see it: Nextflow refuses to begin",
            "name a folder in S3 as workDir or with -w",
        )  # fmt: skip

"""What is written down of a named run, in run.json of its folder in S3 (pure).

Its head reads it too, so that keys keep their names.
"""

import json
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from kiln.errors import UserError
from kiln.secrets import masking


@dataclass(frozen=True)
class RunRecord:
    """`id` is a UUID, stable over resumes: Nextflow's session and the label of the run's jobs. `jobs` are the ids of
    its head jobs in order; `project` is what the head runs (an address), `pipeline` what the person named. `work`,
    `output`, `params` and `config` are s3:// addresses, "" for none; `created` is ISO 8601 in UTC."""

    name: str
    id: str
    environment: str
    pipeline: str
    revision: str = ""
    project: str = ""
    work: str = ""
    output: str = ""
    queue: str = ""
    jobs: tuple[str, ...] = ()
    created: str = ""
    profile: str = ""
    params: str = ""
    config: str = ""
    arguments: tuple[str, ...] = field(default=())
    claim: str = ""
    """A mark of a start that is under way; "" once its head job stands under `jobs`."""

    @property
    def shown_pipeline(self) -> str:
        """The pipeline as it is printed: without the login that its address may have."""
        return masking.mask_text(self.pipeline)

    @property
    def shown_project(self) -> str:
        return masking.mask_text(self.project)

    def with_job(self, job_id: str) -> "RunRecord":
        """Return the record with another head job behind the others, no longer claimed."""
        return replace(self, jobs=(*self.jobs, job_id), claim="")


def dump(record: RunRecord) -> bytes:
    """Write it as JSON."""
    return (json.dumps(asdict(record), indent=1, ensure_ascii=False) + "\n").encode()


def load(text: bytes, where: str) -> RunRecord:
    """Read it; keys that are not known are left out. Raises UserError for what is no record, naming `where` it lies."""
    try:
        data: Any = json.loads(text)
        known = {key: data[key] for key in (part.name for part in fields(RunRecord)) if key in data}
        record = RunRecord(**known | {key: tuple(known.get(key) or ()) for key in ("jobs", "arguments")})
    except (ValueError, TypeError, AttributeError) as error:
        raise UserError(
            f"{where} is no record of a run", str(error), "Another program may have written it: remove it."
        ) from None
    if not all(isinstance(value, str) for key, value in asdict(record).items() if key not in ("jobs", "arguments")):
        raise UserError(f"{where} is no record of a run", "its values must be texts", "Remove it.")
    return record

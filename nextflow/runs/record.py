"""What is written down of a named run, in run.json of its folder in S3 (pure).

Its head reads it too, so that keys keep their names.
"""

import json
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from kiln.errors import UserError
from kiln.secrets import masking

_NEEDED, _LISTS = ("id", "environment", "pipeline"), ("jobs", "arguments")


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


def load(text: bytes, name: str, where: str) -> RunRecord:
    """Read the record of the run `name`; keys that are not known are left out. Raises UserError for what is no record,
    naming `where` it lies."""
    try:
        data: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _refuse(str(error), where) from None
    if not isinstance(data, dict):
        raise _refuse(f"it is a {type(data).__name__}", where)
    data = {key: value for key, value in data.items() if value is not None}
    data["name"] = name  # a folder that was copied or renamed by hand is another run
    if missing := [key for key in _NEEDED if not data.get(key)]:
        raise _refuse(f"it has no {', '.join(missing)}", where)
    lists = {key: data.pop(key, []) for key in _LISTS}
    known = {part.name: data[part.name] for part in fields(RunRecord) if part.name in data}
    if odd := [key for key, value in known.items() if not isinstance(value, str)]:
        raise _refuse(f"its {', '.join(odd)} must be texts", where)
    for key, parts in lists.items():
        if not (isinstance(parts, list) and all(isinstance(part, str) for part in parts)):
            raise _refuse(f"its {key} must be a list of texts", where)
    return RunRecord(**known, jobs=tuple(lists["jobs"]), arguments=tuple(lists["arguments"]))


def _refuse(why: str, where: str) -> UserError:
    return UserError(
        f"{where} is no record of a run", why,
        f"A newer Kiln or another program may have written it. Without it the name is free: aws s3 rm {where}",
    )  # fmt: skip

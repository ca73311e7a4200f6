"""What a run will be: all of it decided and checked before anything is made."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import uuid4

from cloud.session import Cloud
from environments.spec import definitions
from kiln import typed
from kiln.errors import UserError
from nextflow.config.check.command import make_bench
from nextflow.config.crowding import find_crowded
from nextflow.config.head_names import find_head_definition
from nextflow.config.places import list_places
from nextflow.config.write import configure, look_at_machines
from nextflow.runs import arguments, names, params, pipeline, request
from nextflow.runs.looks import heads, records, setting
from nextflow.runs.looks.heads import Head
from nextflow.runs.looks.records import Stored
from nextflow.runs.looks.setting import Setting
from nextflow.runs.params import Params
from nextflow.runs.pipeline import Pipeline
from nextflow.runs.places import PROJECTS, Places
from nextflow.runs.record import RunRecord
from nextflow.runs.start import configuration, head_paths, project, stored, unreachable
from nextflow.runs.start.asked import Asked, check_address, check_text, find_output, inherit
from nextflow.runs.start.buckets import check_bucket


@dataclass(frozen=True)
class Planned:
    """`former` is the record that stands under the name, with how it was read; `output` a parameter and its address,
    `texts` are files of the project, `remarks` what there is to say of its configuration, `values` its parameters."""

    setting: Setting
    places: Places
    record: RunRecord
    pipeline: Pipeline
    params: Params | None
    former: Stored | None
    output: tuple[str, str]
    config: str
    texts: dict[str, str]
    remarks: tuple[str, ...]
    resume: bool
    values: Mapping[str, Any] = field(default_factory=dict)


def make(cloud: Cloud, asked: Asked, now: datetime) -> Planned:
    """Plan a run; raises UserError for whatever would fail later, and makes nothing."""
    arguments.check(asked.words)
    given = params.read(asked.params) if asked.params else None
    for option, address in (("--output", asked.output), ("--work", asked.work)):
        check_address(option, address)
    named = pipeline.read(asked.pipeline, asked.revision)
    check_text(asked, named)
    if asked.resume and asked.name and asked.name != asked.resume:
        raise UserError("--name and --resume name two runs", "a run that goes on keeps its name", "Leave --name out.")
    chosen = asked.resume or asked.name
    name = names.check(chosen, "--resume" if asked.resume else "--name") if chosen else names.make(named.named, now)
    spec = definitions.load(asked.env)
    texts = project.check(cloud, named, asked.words) if named.path else {}
    where = setting.find(cloud, spec)
    places = Places(where.bucket, name)
    former = records.read(cloud, places)
    if former and former.is_being_started:
        raise records.refuse_other(places)
    refuse_live(name, heads.look(cloud, places, former.record if former else None, where.queue))
    texts = texts or project.check(cloud, named, asked.words)
    typed_output = asked.output
    if asked.resume:
        asked = inherit(asked, named, _record_of(former, name, where.environment))
    head_paths.check(cloud, named, asked.words)
    output = find_output(asked, texts, typed_output)
    record = _make_record(asked, named, where, places, output[1], now)
    if asked.resume and former:
        old = former.record
        record = replace(
            record, id=old.id, work=old.work or record.work, jobs=old.jobs, created=old.created, params=old.params
        )
    values = given.values if given else stored.read_values(cloud, record)
    for option, address in (("--output", record.output), ("--work", record.work)):
        check_bucket(cloud, option, address)
    machines = look_at_machines(cloud, spec)
    bench, _ = make_bench(spec, machines)
    remarks = configuration.check(
        named, record, given, texts.get(configuration.FILE, ""), partial(project.read_file, cloud, named), bench
    )
    remarks = (*(f"! the queue {closed}: tasks that are sent there fail" for closed in where.closed), *remarks)
    rooms = list_places(spec, machines.known, machines.registered)
    crowded = find_crowded(spec, where.queue, find_head_definition(spec.job_definitions), rooms)
    remarks = (*(f"! {words}" for words in crowded), *remarks)
    kept = unreachable.remark_results(texts.values(), values, asked.words, output[1])
    remarks = (*unreachable.remark(asked.words, values), *kept, *remarks)
    config = configure(cloud, spec, machines=machines)
    check_length(named, record, places, where, output)
    return Planned(
        where, places, record, named, given, former, output, config, texts, remarks, bool(asked.resume), values
    )


def check_length(
    named: Pipeline, record: RunRecord, places: Places, where: Setting, output: tuple[str, str]
) -> None:  # fmt: skip
    """Raise UserError for a command that AWS Batch does not take; a folder's address has a hash at its end (pure)."""
    address = places.uri(PROJECTS + "0" * 64) if named.path else named.named
    command = arguments.make_command(
        named, address, revision=record.revision, profile=record.profile, output=output, words=record.arguments
    )
    whole = replace(record, params=places.uri(places.params(".yaml")))
    request.make(whole, places, where.definition, command, resume=True)


def refuse_live(name: str, head: Head) -> None:
    """Raise UserError where a head of that name lives."""
    if head.live:
        raise UserError(
            f"the run {name} lives: its head is {head.live.status}",
            f"two heads would submit every task twice; this is job {head.live.id}",
            f"{typed.command(f'show-run {name}')}, give this run another --name, or end that head first.",
        )
    if head.lives_elsewhere:
        age = head.lock.age if head.lock else 0.0
        raise UserError(
            f"the run {name} lives: a head outside AWS Batch has renewed its lock {age:.0f} s ago",
            "two heads would submit every task twice", "End that head, or wait some minutes if it is gone.",
        )  # fmt: skip


def _make_record(
    asked: Asked, named: Pipeline, where: Setting, places: Places, output: str, now: datetime
) -> RunRecord:  # fmt: skip
    run_id = str(uuid4())
    return RunRecord(
        places.name, run_id, where.environment, named.address, asked.revision,
        work=asked.work.rstrip("/") or places.uri(places.work(run_id)), output=output, queue=where.queue,
        created=now.astimezone(UTC).isoformat(timespec="seconds"), profile=asked.profile,
        config=places.uri(places.config), arguments=asked.words,
    )  # fmt: skip


def _record_of(former: Stored | None, name: str, environment: str) -> RunRecord:
    if former is not None:
        return former.record
    raise UserError(
        f"there is no run {name} to resume", f"{environment} has no record of that name",
        f"{typed.command('list-runs')} shows the runs.",
    )  # fmt: skip

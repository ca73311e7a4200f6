"""Starting a planned run: its files into S3, its record, its head job; where that fails nothing is left."""

import secrets
from dataclasses import dataclass, replace

from cloud.session import Cloud
from kiln import signals
from kiln.screen import Screen
from kiln.undo import Undo, Undone
from nextflow.runs import arguments, request
from nextflow.runs.looks import records
from nextflow.runs.record import RunRecord
from nextflow.runs.start import project
from nextflow.runs.start.plan import Planned
from nextflow.runs.start.submit import Sending


@dataclass(frozen=True)
class Started:
    """A run whose head job `job` (an id) was sent; `command` is the head's."""

    record: RunRecord
    job: str
    command: tuple[str, ...]


def start(cloud: Cloud, planned: Planned, screen: Screen) -> Started:
    """Upload, claim the name, submit, write the job down. Raises UserError where somebody else takes the name first.

    The name is claimed before the job is sent: of two who start the same run at once a single head comes to be.
    """
    record, places = planned.record, planned.places
    address = project.place(cloud, planned.pipeline, places.bucket, screen)
    params = places.uri(places.params(planned.params.suffix)) if planned.params else record.params
    record = replace(record, project=address, params=params, claim=secrets.token_hex(8))
    command = arguments.make_command(
        planned.pipeline, address, revision=record.revision, profile=record.profile, output=planned.output,
        words=record.arguments,
    )  # fmt: skip
    body = request.make(record, places, planned.setting.definition, command, resume=planned.resume)
    with Undo(lambda undone: tell_left(undone, screen)) as undo:
        with signals.hold():  # who interrupts a start wants no run: behind the block all of it is undone
            etags = _claim(cloud, planned, record, undo)
            _put_files(cloud, planned)
            job = Sending(cloud, body, record.jobs).send(undo)
            record = record.with_job(job)
            etags.append(records.write(cloud, places, record, etags[-1]))
        undo.forget()
    return Started(record, job, tuple(command))


def tell_left(undone: Undone, screen: Screen) -> None:
    """Say what could not be undone, and what a person can do about it."""
    if undone.error:
        screen.say(f"! {undone.what} is left: {undone.error}")
        screen.say(f"  try     {undone.by_hand}")


def _claim(cloud: Cloud, planned: Planned, record: RunRecord, undo: Undo) -> list[str]:
    """Write the record, claimed; where the job is not taken after all the former record comes back, or none.

    Returns the ETags of the records that this start has written, which grow with the next of them.
    """
    places, former = planned.places, planned.former
    etags = [records.write(cloud, places, record, former.etag if former else "")]

    def restore() -> None:
        now = records.read(cloud, places)
        if now is None or now.etag != etags[-1]:
            return  # somebody else's
        if former:
            records.write(cloud, places, former.record, etags[-1])
        else:
            cloud.client("s3").delete_object(Bucket=places.bucket, Key=places.record, IfMatch=etags[-1])

    undo.push(f"the record of {record.name}", restore, by_hand=f"aws s3 rm {places.uri(places.record)}")
    return etags


def _put_files(cloud: Cloud, planned: Planned) -> None:
    """Its configuration, and its parameters where a file was given."""
    s3, places = cloud.client("s3"), planned.places
    s3.put_object(Bucket=places.bucket, Key=places.config, Body=planned.config.encode())
    if planned.params:
        key = places.params(planned.params.suffix)
        s3.put_object(Bucket=places.bucket, Key=key, Body=planned.params.content)

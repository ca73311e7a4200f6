"""What `invoke list-jobs` does, as a person sees it. Returns an exit code (kiln.errors.Exit)."""

import difflib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from cloud.session import Cloud
from environments.model.region import Region
from jobs.looks import listing, queues
from jobs.model import since as times
from jobs.model.listed import STATES, UNFINISHED, Listed
from jobs.screens import listed as screen
from kiln.errors import Exit, UserError
from kiln.screen import print_json, print_result

RECENT = timedelta(days=1)


def list_jobs(
    env: str, queue: str, status: str, since: str, region: str | None, *, as_json: bool, now: datetime | None = None
) -> int:
    """List the jobs of the queues that are meant, newest first.

    Without `since` and `status`: what was submitted within RECENT, and what is not over however old it is. `now` is the
    present (UTC). Raises UserError for an unknown environment, queue or state, and for a time that is none.
    """
    present = now or datetime.now(UTC)
    begin, states = times.parse(since, present) if since else None, read_states(status)
    cloud = Cloud(region)
    chosen = queues.select(Region(cloud), env, queue)
    names = [str(described["jobQueueName"]) for described in chosen]
    jobs = listing.sort(job for name in names for job in _list(cloud, name, states, begin, present))
    if as_json:
        print_json(screen.make_document(cloud.region, names, begin, jobs))
    else:
        print_result(screen.render(jobs, _describe(names, states, since, cloud.region), present))
    return Exit.DONE


def _list(
    cloud: Cloud, queue: str, states: Sequence[str], begin: datetime | None, present: datetime
) -> list[Listed]:  # fmt: skip
    if begin:
        jobs = listing.list_since(cloud, queue, begin)
        return [job for job in jobs if not states or job.status in states]
    return listing.list_in(cloud, queue, states) if states else listing.list_recent(cloud, queue, present - RECENT)


def read_states(status: str) -> tuple[str, ...]:
    """Read the names of states out of `running,failed`; unfinished is five of them. Raises UserError for others."""
    states: list[str] = []
    for name in filter(None, (part.strip().upper() for part in status.split(","))):
        if name == "UNFINISHED":
            states += UNFINISHED
        elif name in STATES:
            states.append(name)
        else:
            near = difflib.get_close_matches(name, STATES, n=1)
            raise UserError(
                f"{name} is no state of a job",
                f"jobs are {', '.join(STATES)}; unfinished stands for the first five",
                f"Did you mean --status {near[0]}?" if near else "Try --status running, or --status failed,succeeded.",
            )
    return tuple(dict.fromkeys(states))


def _describe(names: Sequence[str], states: Sequence[str], since: str, region: str) -> str:
    """In default, highpriority; FAILED; since 2h."""
    parts = [f"in {', '.join(names)} ({region})"]
    parts += [", ".join(states)] if states else []
    if since:
        parts.append(f"submitted since {since}")
    elif not states:
        parts.append("of the last day, and older ones that are not over")
    return "; ".join(parts)

"""What a build leaves for people and CI: a folder of its own with a journal, below the current folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from images.commands import show
from images.plan.boot import Boot
from images.record.report import Report
from kiln.errors import note_left
from kiln.journal import Journal
from kiln.screen import Screen

BUILDS = Path("builds")


@contextmanager
def record(screen: Screen, boot: Boot) -> Iterator[Report]:
    """Keep a journal in the build's folder; an error that passes learns where the log is and what was left."""
    journal = Journal(boot.folder)
    journal.started(boot.build_id, boot.key)
    report = Report(screen, journal)
    try:
        yield report
    except BaseException as error:
        journal.event("failed", error=str(error))
        note_left(error, show.render_left(report, journal.log_path))
        raise
    finally:
        journal.close()

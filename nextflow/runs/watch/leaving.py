"""Ctrl-C while a run is followed: the run is in AWS, and a person says whether it goes on there."""

from cloud.session import Cloud
from kiln import asking, typed
from kiln.errors import Interrupted
from kiln.screen import Screen

REASON = "Kiln: ended by the person who followed it"


def leave(cloud: Cloud, name: str, job_id: str, interrupted: Interrupted, screen: Screen) -> None:
    """Ask whether to leave the run, and end its head where not. Without a terminal, and by SIGTERM, it goes on."""
    if interrupted.signal_name == "SIGINT" and asking.can_ask() and not _asked(name, screen):
        cloud.client("batch").terminate_job(jobId=job_id, reason=REASON)
        screen.say(f"{name} is being ended: Nextflow ends its tasks, which takes up to two minutes")
        screen.say(f"  next    {typed.command('list-runs --orphans')} shows what it may leave")
        return
    say_goes_on(name, job_id, screen)


def say_goes_on(name: str, job_id: str, screen: Screen) -> None:
    """Say that the run lives without anybody who follows it, and how it is looked at."""
    screen.say(f"{name} goes on in AWS")
    screen.say(f"  next    {typed.command(f'show-run {name}')}")
    screen.say(f"          {typed.command(f'show-job {job_id} --follow')}")


def _asked(name: str, screen: Screen) -> bool:
    """Whether it is left running; another Ctrl-C at the question leaves it too."""
    try:
        return asking.ask(screen, f"Leave {name} running in AWS?")
    except Interrupted:
        return True

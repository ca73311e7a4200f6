"""A head whose machine stands still for minutes, and then goes on; and clocks that are wrong."""

import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.heads import BUCKET, JOB, RUN, Head, Heads, read_lock

LOCK = "_nextflow/heads/salmon/lock.json"
QUICK: dict[str, Any] = {"NF_LOCK_RENEW": "1", "NF_LOCK_STALE": "6", "AWS_BATCH_JOB_ID": JOB}
# A submission takes SLOW tenths of a second of its life: none is so near its end that nothing could stop it.
SUBMITTING = """
trap 'exit 3' TERM
while :; do for ((i = 0; i < SLOW; i++)); do sleep 0.1; done; echo job >>"$NOTES/submitted"; done"""


def count(head: Head) -> int:
    file = head.folder / "submitted"
    return len(file.read_text().splitlines()) if file.exists() else 0


def until(holds: Callable[[], bool], head: Head) -> None:
    last = time.monotonic() + 240
    while not holds():
        assert time.monotonic() < last, head.text
        time.sleep(0.1)


def freeze(head: Head, seconds: float) -> int:
    """Let it stand still for longer than its lock is good; how many jobs it had submitted."""
    until(lambda: count(head) > 0, head)
    head.signal_all(signal.SIGSTOP)
    thawed = time.monotonic() + seconds
    until(lambda: time.monotonic() > thawed, head)
    return count(head)


def test_a_head_that_stood_still_submits_nothing_until_it_knows_that_the_lock_is_its_own(
    heads: Heads, project: str, s3: Any
) -> None:
    head = heads.start(project, script=SUBMITTING, SLOW="150", **QUICK, **RUN)
    before = freeze(head, 7)
    s3.put_object(Bucket=BUCKET, Key=LOCK, Body=b'{"state": "held", "token": "t", "job": "other", "count": "1"}\n')
    heads.sandbox.faults.add(f"PUT /{BUCKET}/{LOCK}", code="SlowDown", status=503, times=None)
    heads.sandbox.calls.clear()
    head.signal_all(signal.SIGCONT)
    # S3 has refused it for many seconds: it does not know, and stands still.
    until(lambda: heads.sandbox.calls.count(f"PUT /{BUCKET}/{LOCK}") >= 6, head)
    assert count(head) == before
    heads.sandbox.faults.clear()
    assert head.end() == 1, head.text
    assert "the lock of the run was lost (it is another's now): Nextflow was stopped." in head.text
    assert count(head) == before
    assert read_lock(heads.sandbox)["token"] == "t"


def test_a_head_that_stood_still_and_has_its_lock_goes_on(heads: Heads, project: str) -> None:
    head = heads.start(project, script=SUBMITTING, SLOW="10", **QUICK, **RUN)
    before = freeze(head, 7)
    head.signal_all(signal.SIGCONT)
    until(lambda: count(head) >= before + 2, head)
    head.process.terminate()
    assert head.end() == 3, head.text
    assert "lost" not in head.text
    assert read_lock(heads.sandbox)["state"] == "free"


def test_a_clock_that_has_jumped_makes_no_lock_old(heads: Heads, project: str, s3: Any, tmp_path: Path) -> None:
    """`date` of a machine that believes to be three days ahead: S3's clock is asked, and no other."""
    tools = tmp_path / "wrong"
    tools.mkdir()
    (tools / "date").write_text(
        '#!/bin/bash\nfor word; do [[ $word != -d ]] || exec /bin/date "$@"; done\nexec /bin/date -d "3 days" "$@"\n'
    )
    (tools / "date").chmod(0o755)
    lock = b'{"state": "held", "token": "t", "job": "", "host": "h", "count": "1"}\n'
    s3.put_object(Bucket=BUCKET, Key=LOCK, Body=lock)
    path = f"{tools}:{heads.tools}:/usr/bin:/bin"
    head = heads.run(project, code=1, NF_LOCK_STALE="600", PATH=path, **RUN)
    assert "another head of salmon is at work" in head.text
    assert read_lock(heads.sandbox)["token"] == "t"

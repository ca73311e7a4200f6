"""`python -m tests.support.storage_process`: the storage program as it runs on a machine, in a hurry.

Takes orders (see storage_starter.py) from stdin and forks a process for each, so that boto3 is loaded once. With
KILL_AT="n before-call" or "n after-call" in its environment a process is killed (SIGKILL) at its nth AWS call: before
the request leaves, or when the answer has come and nothing was made of it yet.
"""

import json
import os
import signal
import sys
import time
import traceback
from typing import Any

import boto3
import pytest

from storage_daemon import ec2, grow, prepare, status  # noqa: F401  loaded before the fork
from storage_daemon.__main__ import main
from tests.support import botocore_once

patient = time.sleep
made = ec2.Ec2.__init__
calls = 0


def strike(**_: Any) -> None:
    global calls  # noqa: PLW0603
    calls += 1
    if calls == int(os.environ["KILL_AT"].split()[0]):
        os.kill(os.getpid(), signal.SIGKILL)


def hooked(self: ec2.Ec2, region: str, instance: str) -> None:
    made(self, region, instance)
    if "KILL_AT" in os.environ:
        self._client.meta.events.register(f"{os.environ['KILL_AT'].split()[1]}.ec2", strike)


def become(order: dict[str, Any]) -> None:
    """The child: the machine's program and nothing else."""
    os.environ.clear()
    os.environ.update(order["environment"])
    for number, path in ((1, order["out"]), (2, order["err"])):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    prepare.SECONDS = float(os.environ.get("PREPARE_SECONDS", "20"))
    code = 1
    try:
        code = main([order["command"]])
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    os._exit(code)


time.sleep = lambda seconds: patient(min(float(seconds), 0.05))
grow.DEVICE_SECONDS = 3.0
ec2.Ec2.__init__ = hooked  # type: ignore[method-assign]
botocore_once.share(pytest.MonkeyPatch())  # what is worked out before the fork is there in every process
boto3.session.Session().client("ec2", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
for line in sys.stdin:
    child = os.fork()
    if not child:
        become(json.loads(line))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)

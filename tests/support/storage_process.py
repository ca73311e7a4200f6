"""`python -m tests.support.storage_process COMMAND`: the storage program as it runs on a machine, in a hurry.

With KILL_AT="n before-call" or "n after-call" it is killed (SIGKILL) at its nth AWS call: before the request leaves,
or when the answer has come and nothing was made of it yet.
"""

import os
import signal
import sys
import time
from typing import Any

from userdata.storage import ec2, grow, prepare
from userdata.storage.__main__ import main

patient = time.sleep
time.sleep = lambda seconds: patient(min(seconds, 0.05))
grow.DEVICE_SECONDS = 3.0
prepare.SECONDS = float(os.environ.get("PREPARE_SECONDS", "20"))

number, _, moment = os.environ.get("KILL_AT", "0 ").partition(" ")
made = ec2.Ec2.__init__
calls = 0


def strike(**_: Any) -> None:
    global calls  # noqa: PLW0603
    calls += 1
    if calls == int(number):
        os.kill(os.getpid(), signal.SIGKILL)


def hooked(self: ec2.Ec2, region: str, instance: str) -> None:
    made(self, region, instance)
    if moment:
        self._client.meta.events.register(f"{moment}.ec2", strike)


ec2.Ec2.__init__ = hooked  # type: ignore[method-assign]
sys.exit(main(sys.argv[1:]))

"""The doctor under exactly the printed policy, and without its own statement: it says what it could not look at."""

import io
import json
from contextlib import redirect_stdout
from typing import Any

from cloud.policy import Scope
from environments.commands import environment as environments
from environments.commands import operator_policy
from environments.doctor import command as commands
from environments.rollout.options import Options
from environments.spec import definitions
from jobs.needs import needs as jobs_need
from sandbox.inprocess import Sandbox
from tests.support.denied import Become


def _visit() -> Any:
    with redirect_stdout(io.StringIO()) as said:
        commands.doctor("genomics", "", None, as_json=True)
    return json.loads(said.getvalue())


def test_the_doctor_under_the_policy(sandbox: Sandbox, become: Become) -> None:
    whole = operator_policy.list_permissions([definitions.load("genomics")], Scope(), others=[jobs_need])
    become(whole)
    environments.register(
        "genomics", "ecs-optimized", None, Options(), plan=False, yes=True, verbose=False, as_json=False
    )
    sandbox.clock.advance(60)
    assert _visit()["healthy"]
    become([each for each in whole if each.sid != "Doctor"])
    unseen = _visit()["unseen"]
    assert set(unseen) == {"quotas", "agents", "jobs"}
    assert "the credentials may not call GetJobQueueSnapshot" in unseen["jobs"]

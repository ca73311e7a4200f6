"""Listing and showing jobs under exactly the printed policy."""

import io
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from cloud.policy import Permission, Scope
from cloud.session import Cloud
from environments.commands import environment, operator_policy
from environments.rollout.options import Options
from environments.spec import definitions
from jobs.canary import canary
from jobs.canary.verdict import Result
from jobs.commands import list_jobs, show_job
from jobs.needs import needs
from kiln.errors import Exit
from kiln.screen import Screen
from sandbox.inprocess import Sandbox
from tests.support import environments as tools
from tests.support.denied import Become, told
from tests.support.played import Part, Played


def test_jobs_are_listed_and_shown_under_the_policy(sandbox: Sandbox, become: Become) -> None:
    environment.register(
        "genomics", "ecs-optimized", None, Options(), plan=False, yes=True, verbose=False, as_json=False
    )
    batch = sandbox.client("batch")
    container = {"image": "busybox", "resourceRequirements": [{"type": "VCPU", "value": "1"},
                                                              {"type": "MEMORY", "value": "512"}]}  # fmt: skip
    batch.register_job_definition(jobDefinitionName="a", type="container", containerProperties=container)
    job = batch.submit_job(jobName="fastqc", jobQueue="default", jobDefinition="a")["jobId"]
    sandbox.clock.advance(600)
    become(operator_policy.list_permissions([definitions.load("genomics")], Scope(), others=[needs]))
    with redirect_stdout(io.StringIO()) as shown:
        assert list_jobs.list_jobs("genomics", "", "", "", None, as_json=False) == Exit.DONE
        assert show_job.show_job(job, None, follow=False, as_json=False) == Exit.DONE
    assert "not checked" not in shown.getvalue()
    assert job in shown.getvalue()


def sing_under(become: Become, permissions: Sequence[Permission], env: str) -> Result:
    become(permissions)
    return canary.sing(Cloud(), definitions.load(env), Screen(quiet=True))


def permissions(env: str) -> tuple[Permission, ...]:
    return operator_policy.list_permissions([definitions.load(env)], Scope(), others=[needs])


@pytest.fixture
def small(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    env = tools.define(tmp_path)
    tools.register(env)
    return env


def test_the_canary_under_the_policy(sandbox: Sandbox, played: Played, small: str, become: Become) -> None:
    played.ordinary = Part(lines=("kiln-canary kernel info 6.1.0", "kiln-canary end info 0"))
    sandbox.calls.clear()
    result = sing_under(become, permissions(small), small)
    assert {verdict.state for verdict in result.all} == {"ok"}
    assert [call.action for call in sandbox.calls.all() if call.error and "Denied" in call.error] == []


@pytest.mark.parametrize("sid", ["CanaryDefinitions", "CanarySubmit", "PassToTasks", "CanaryFiles"])
def test_without_any_of_its_statements_the_canary_is_denied_and_leaves_nothing(
    sandbox: Sandbox, played: Played, small: str, become: Become, sid: str
) -> None:
    whole = permissions(small)
    less = [each for each in whole if each.sid not in (sid, f"Canary{sid}")]
    denied = told(lambda: sing_under(become, less, small))
    assert "the credentials may not call" in denied.what
    listed = sandbox.client("s3").list_objects_v2(Bucket="small-123456789012-us-east-1")
    assert listed.get("Contents", []) == []

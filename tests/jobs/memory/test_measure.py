"""measure-memory against the offline AWS, with the double of the ECS agent on its machines."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from cloud import tags
from cloud.session import Cloud
from environments.plan.prepare import prepare
from environments.spec import definitions
from jobs.commands import measure_memory as command
from jobs.looks import living, registered
from jobs.memory import measure
from kiln import journal
from kiln.errors import Exit, Interrupted, UserError
from kiln.screen import Screen
from kiln.undo import Undo
from sandbox.inprocess import Sandbox
from tests.support import environments as tools
from tests.support.agents import AgentDouble
from tests.support.kill import Killed, before_call

TWO = "{instance_types: [c5.2xlarge, c5.4xlarge]}"


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def agents(sandbox: Sandbox) -> Iterator[AgentDouble]:
    with AgentDouble(sandbox) as agents:
        yield agents


def run(env: str, *types: str) -> dict[str, int]:
    measured = measure.measure(Cloud(), definitions.load(env), Screen(quiet=True), types=types)
    return {known.target.type.name: known.memory for known in measured}


def resources(sandbox: Sandbox) -> dict[str, tuple[int, int]]:
    """minvCpus and desiredvCpus by compute environment, once all is at rest."""
    sandbox.clock.advance(600)
    compute = tools.compute(sandbox)
    assert not any("kiln:measuring" in described["tags"] for described in compute.values())
    return {
        name: (described["computeResources"]["minvCpus"], described["computeResources"]["desiredvCpus"])
        for name, described in compute.items()
    }


def recorded(sandbox: Sandbox) -> dict[str, str]:
    [ami] = {tools.ami_of(described) for described in tools.compute(sandbox).values()}
    [image] = sandbox.client("ec2").describe_images(ImageIds=[ami])["Images"]
    return {name: value for name, value in tags.as_dict(image.get("Tags")).items() if name.startswith("kiln:memory")}


def test_a_compute_environment_of_one_type_is_raised_and_put_back(
    sandbox: Sandbox, agents: AgentDouble, small: str
) -> None:  # fmt: skip
    assert run(small) == {"c5.2xlarge": 15434}
    assert recorded(sandbox) == {"kiln:memory:c5": "2xlarge=15434"}
    assert resources(sandbox)["small-one"][0] == 0
    assert set(resources(sandbox)) == {"small-one"}


def test_several_types_by_copies_that_are_gone_afterwards(
    sandbox: Sandbox, agents: AgentDouble, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    env = tools.define(tmp_path, compute=TWO)
    tools.register(env)
    capsys.readouterr()
    assert command.measure_memory(env, "", None, as_json=True) == Exit.DONE
    document = json.loads(capsys.readouterr().out)
    assert {known["type"]: known["nextflow"] for known in document["types"]} == {
        "c5.2xlarge": "15400.MB", "c5.4xlarge": "31100.MB",
    }  # fmt: skip
    assert recorded(sandbox) == {"kiln:memory:c5": "2xlarge=15434 4xlarge=31152"}
    assert set(resources(sandbox)) == {"small-one"}


def test_a_machine_that_runs_is_read_and_none_is_started(
    sandbox: Sandbox, agents: AgentDouble, small: str
) -> None:  # fmt: skip
    batch = sandbox.client("batch")
    batch.update_compute_environment(computeEnvironment="small-one", computeResources={"minvCpus": 8})
    sandbox.clock.advance(600)
    agents_before = set(agents.agents)
    assert agents_before
    sandbox.calls.clear()
    assert run(small) == {"c5.2xlarge": 15434}
    assert "UpdateComputeEnvironment" not in {call.action for call in sandbox.calls.all()}
    assert set(agents.agents) == agents_before


def test_the_recorded_figure_is_used_by_the_plan(sandbox: Sandbox, agents: AgentDouble, tmp_path: Path) -> None:
    """15700 MiB fit the machine by what it registered; the published figure, 15434, would refuse them."""
    agents.register = {"MEMORY": 15800}
    env = tools.define(tmp_path)
    tools.register(env)
    heavy = Path(env).read_text().replace("memory: 512 MiB", "memory: 15700 MiB")
    Path(env).write_text(heavy)
    with pytest.raises(UserError, match="registers 15434 MiB"):
        prepare(Cloud(), definitions.load(env), tools.STOCK)
    assert run(env) == {"c5.2xlarge": 15800}
    assert prepare(Cloud(), definitions.load(env), tools.STOCK).something_to_do


def test_no_machine_in_time_is_a_message_and_nothing_stays_raised(
    sandbox: Sandbox, agents: AgentDouble, small: str
) -> None:  # fmt: skip
    agents.joins = False
    with pytest.raises(UserError, match=r"no machine of c5\.2xlarge registered within 20 min 0 s"):
        run(small)
    assert resources(sandbox)["small-one"][0] == 0
    assert recorded(sandbox) == {}


def test_an_environment_that_is_not_registered(sandbox: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no environment small"):
        run(tools.define(tmp_path))


def test_ctrl_c_puts_all_back(
    sandbox: Sandbox, agents: AgentDouble, small: str, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    looks: list[int] = []

    def look(*_: Any) -> int:
        looks.append(1)
        if len(looks) > 1:  # the first is before anything is raised
            raise Interrupted("SIGINT")
        return 0

    monkeypatch.setattr(registered, "find_memory", look)
    with pytest.raises(Interrupted):
        run(small)
    assert resources(sandbox)["small-one"][0] == 0


@pytest.mark.parametrize("compute", [tools.IN_PLACE, TWO], ids=["raised", "copies"])
def test_killed_before_every_call_the_next_run_puts_all_right(
    sandbox: Sandbox, agents: AgentDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compute: str
) -> None:
    """Killed before the nth change, so behind the one before, in its own undo too; no further undo of it runs."""
    monkeypatch.setattr(journal, "_is_running", lambda pid, since: False)
    env = tools.define(tmp_path, compute=compute)
    tools.register(env)
    types = ("c5.2xlarge",)
    leave, tried = Undo.__exit__, 0

    def gone(self: Undo, kind: Any, error: Any, trace: Any) -> None:
        if kind is not Killed:
            leave(self, kind, error, trace)

    for number in range(1, 20):
        with monkeypatch.context() as patch, before_call(number, patch) as calls:
            patch.setattr(Undo, "__exit__", gone)
            patch.setattr(living, "rmtree", lambda *_, **__: None)
            with suppress(Killed):
                run(env, *types)
        if len(calls) < number:
            break
        tried += 1
        assert run(env, *types) == {"c5.2xlarge": 15434}, calls
        sizes = resources(sandbox)
        assert set(sizes) == {"small-one"}, calls
        assert sizes["small-one"][0] == 0, calls
        sandbox.clock.advance(3600)
    print(f"{tried} kill points")
    assert tried >= 4

"""One true kill -9 of each verb: a process of its own against the offline AWS, and another that finishes its work."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cloud import wait
from sandbox.inprocess import Sandbox
from tests.support import environments as tools
from tests.support.cli import Cli


@pytest.fixture
def served() -> Iterator[Sandbox]:
    """The offline AWS with a clock that is faster than the wall's, which other processes go by."""
    with Sandbox(rate=30.0) as sandbox:
        yield sandbox


def kill_9(cli: Cli, seen: Callable[[], bool], *words: str) -> None:
    """SIGKILL to the process as soon as the condition holds."""
    process = cli.begin(*words)
    try:
        wait.until(lambda: seen() or process.poll() is not None or None, what=" ".join(words), timeout=120,
                   every=0.01, longest=0.01)  # fmt: skip
        assert process.poll() is None, process.communicate()[1]
    finally:
        process.kill()
        process.communicate()


def test_kill_9_of_apply_roll_out_and_tear_down(served: Sandbox, tmp_path: Path) -> None:
    env = tools.define(tmp_path, compute=tools.BEST_FIT)
    cli, calls = Cli(tmp_path, served.env()), served.calls
    register = ("register-env", "--env", env, "--yes")

    kill_9(cli, lambda: calls.count("CreateComputeEnvironment") == 1, *register)
    assert tools.orders(served) == {}
    cli(*register)
    cli(*register, "--plan")
    assert [each["status"] for each in tools.compute(served).values()] == ["VALID"]

    Path(env).write_text(Path(env).read_text().replace("c5.2xlarge", "c5.4xlarge"))
    cli(*register, "--plan", code=2)
    kill_9(cli, lambda: calls.count("UpdateJobQueue") >= 1, *register)
    assert len(tools.compute(served)) == 2
    cli(*register)
    cli(*register, "--plan")
    [(name, found)] = tools.compute(served).items()
    assert found["computeResources"]["instanceTypes"] == ["c5.4xlarge"]
    assert tools.orders(served) == {"small-low": [name], "small-high": [name]}

    Path(env).unlink()
    destroy = ("destroy-env", "--env", "small", "--yes")
    kill_9(cli, lambda: calls.count("DeleteJobQueue") == 1, *destroy)
    assert list(tools.compute(served)) == [name]
    cli("destroy-env", "--env", "small", "--plan", code=2)
    cli(*destroy)
    cli("destroy-env", "--env", "small", "--plan", code=1)
    assert tools.left(served) == {}

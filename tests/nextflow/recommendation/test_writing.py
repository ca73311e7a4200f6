"""`invoke size --write`: the definition and Nextflow's configuration, a difference first."""

import io
import json
from pathlib import Path

import pytest

from environments.spec import definitions
from kiln.errors import UserError
from nextflow.recommendation import command
from nextflow.recommendation.command import Options
from sandbox.inprocess import Sandbox
from tests.support.traces import list_salmon, write_trace

SHIPPED = Path(definitions.__file__).parent.parent
Capsys = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _own_folders(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def copy(tmp_path: Path, name: str, *changes: tuple[str, str]) -> Path:
    text = (SHIPPED / f"{name}.yaml").read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / f"{name}.yaml"
    path.write_text(text)
    return path


def write(capsys: Capsys, trace: str, env: Path, **options: object) -> str:
    whole = Options(env=str(env), write=True, yes=True, picture="", **options)  # type: ignore[arg-type]
    assert command.run([trace], whole, as_json=False) == 0
    return capsys.readouterr().out


def test_the_guide_of_2019_is_what_is_written(tmp_path: Path, capsys: Capsys) -> None:
    """Of machines that are too small the definition becomes what Kiln ships as `salmon`."""
    env = copy(
        tmp_path, "salmon", ("[c5.2xlarge] # 8 vCPUs: at most 12 of them", "[c5.large]"),
        ("[c5.4xlarge] # 16 vCPUs: at most 6 of them", "[c5.xlarge]"),
    )  # fmt: skip
    trace = write_trace(tmp_path / "trace.txt", list_salmon())
    shown = write(capsys, trace, env)
    assert "-    instance_types: [c5.large]\n+    instance_types: [c5.2xlarge] # 8 vCPUs: at most 12 of them" in shown
    assert env.read_text() == (SHIPPED / "salmon.yaml").read_text()
    config = (tmp_path / "salmon.config").read_text()
    assert "withName: 'salmon'" in config or "withName: salmon" in config
    assert "9300.MB" in config
    assert "register-env" in shown
    assert "nothing to write" in write(capsys, trace, env)


def test_both_types_serve_queues_that_share_their_machines(tmp_path: Path, capsys: Capsys) -> None:
    """On Spot all types that are as large count."""
    env = copy(tmp_path, "genomics")
    write(capsys, write_trace(tmp_path / "trace.txt", list_salmon()), env)
    spec = definitions.load(str(env))
    on_demand, spot = (spec.compute_environments[name].instance_types for name in ("ondemand", "spot"))
    assert on_demand == ("c6i.2xlarge", "c6i.4xlarge", "c6i.large")  # the last for heads
    assert "c6i.large" not in spot
    assert {"c6i.2xlarge", "m6i.2xlarge", "r6i.2xlarge", "c7i.2xlarge", "c6i.4xlarge"} <= set(spot)
    assert "# no machine runs where no job waits" in env.read_text()


def test_a_limit_that_was_given_is_written_too(tmp_path: Path, capsys: Capsys) -> None:
    env = copy(tmp_path, "salmon")
    write(capsys, write_trace(tmp_path / "trace.txt", list_salmon()), env, max_vcpus=64)
    spec = definitions.load(str(env))
    assert {compute.max_vcpus for compute in spec.compute_environments.values()} == {64}


def test_nothing_is_written_where_nobody_agreed(tmp_path: Path, capsys: Capsys) -> None:
    env = copy(tmp_path, "salmon", ("c5.2xlarge", "c5.large"))
    before, trace = env.read_text(), write_trace(tmp_path / "trace.txt", list_salmon())
    with pytest.raises(UserError, match="nobody is here"):
        command.run([trace], Options(env=str(env), write=True, picture=""), as_json=False)
    assert "+    instance_types: [c5.2xlarge]" in capsys.readouterr().out
    assert env.read_text() == before
    assert not (tmp_path / "salmon.config").exists()


@pytest.mark.parametrize(("answer", "code"), [("yes", 0), ("no", 2)])
def test_a_person_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, code: int) -> None:
    env = copy(tmp_path, "salmon", ("c5.2xlarge", "c5.large"))
    before, trace = env.read_text(), write_trace(tmp_path / "trace.txt", list_salmon())
    monkeypatch.setattr("kiln.asking.can_ask", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{answer}\n"))
    assert command.run([trace], Options(env=str(env), write=True, picture=""), as_json=False) == code
    assert (env.read_text() == before) == (answer == "no")
    assert (tmp_path / "salmon.config").exists() == (answer == "yes")


def test_the_document_names_what_was_written(tmp_path: Path, capsys: Capsys) -> None:
    env = copy(tmp_path, "salmon", ("c5.2xlarge", "c5.large"))
    options = Options(env=str(env), write=True, yes=True, picture="", config=str(tmp_path / "own.config"))
    assert command.run([write_trace(tmp_path / "t", list_salmon())], options, as_json=True) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["written"] == [str(env), str(tmp_path / "own.config")]
    assert "+++" in document["diff"]


def test_a_process_that_was_killed_gets_more_in_the_configuration(tmp_path: Path, capsys: Capsys) -> None:
    killed: dict[str, object] = {"name": "salmon (x)", "status": "FAILED", "exit": 137, "memory": "10 GB"}
    write(capsys, write_trace(tmp_path / "trace.txt", [*list_salmon(), killed]), copy(tmp_path, "salmon"))
    assert "15400.MB" in (tmp_path / "salmon.config").read_text().split("withName")[1].split("withName")[0]


def test_it_needs_an_environment() -> None:
    with pytest.raises(UserError, match="--write needs an environment"):
        Options(write=True)


def test_an_environment_of_two_architectures_keeps_them_apart(tmp_path: Path, capsys: Capsys) -> None:
    """Tasks go through the queue `default`: its machines are sized, whichever are named first."""
    arms = "  arms:\n    instance_types: [m6g]\n"
    arm = "  arm:\n    priority: 1\n    compute_environments: [arms]\n"
    env = copy(
        tmp_path, "salmon", ("compute_environments:\n", f"compute_environments:\n{arms}"),
        ("  salmonWorkload:\n    priority", f"{arm}  default:\n    priority"),
        ("  salmonExcess:\n    priority", "  excess:\n    priority"),
    )  # fmt: skip
    write(capsys, write_trace(tmp_path / "trace.txt", list_salmon()), env)
    spec = definitions.load(str(env))
    types = {name: compute.instance_types for name, compute in spec.compute_environments.items()}
    assert types == {"arms": ("m6g",), "salmonWorkload": ("c5.2xlarge",), "salmonExcess": ("c5.4xlarge",)}


def test_machines_that_a_compute_environment_has_no_room_for_are_not_written(tmp_path: Path, capsys: Capsys) -> None:
    asked = "[c5.2xlarge] # 8 vCPUs: at most 12 of them\n    min_vcpus: 0\n    desired_vcpus: 0\n    max_vcpus: 100"
    env = copy(tmp_path, "salmon", (asked, "[c5.xlarge]\n    max_vcpus: 4"))
    before, trace = env.read_text(), write_trace(tmp_path / "trace.txt", list_salmon())
    with pytest.raises(UserError, match=r"salmonWorkload has no room for a c5\.2xlarge") as raised:
        write(capsys, trace, env)
    assert "at most 4 vCPUs" in raised.value.why
    assert "--max-vcpus" in raised.value.hint
    assert env.read_text() == before
    assert "max_vcpus: 100" in write(capsys, trace, env, max_vcpus=100)


BOTH_ALIKE = ("    instance_types: [c5.2xlarge] # 8 vCPUs: at most 12 of them\n", ""), (
    "    instance_types: [c5.4xlarge] # 16 vCPUs: at most 6 of them\n", ""
)  # fmt: skip
SMALL = ("[c5.2xlarge] # 8 vCPUs: at most 12 of them", "[c5.large]"), (
    "[c5.4xlarge] # 16 vCPUs: at most 6 of them", "[c5.xlarge]"
)  # fmt: skip


def test_queues_with_the_same_machines_become_a_usual_and_a_larger_one(tmp_path: Path, capsys: Capsys) -> None:
    """Which queues attempts go through follows from the machines, and so it does from those that are written."""
    env = copy(tmp_path, "salmon", *BOTH_ALIKE)
    trace = write_trace(tmp_path / "trace.txt", list_salmon())
    write(capsys, trace, env)
    spec = definitions.load(str(env))
    types = {name: compute.instance_types for name, compute in spec.compute_environments.items()}
    assert types == {"salmonWorkload": ("c6i.2xlarge",), "salmonExcess": ("c6i.4xlarge",)}
    assert (
        "queue = { task.attempt > 1 ? 'salmonExcess' : 'salmonWorkload' }" in (tmp_path / "salmon.config").read_text()
    )
    assert "nothing to write" in write(capsys, trace, env)


@pytest.mark.parametrize(
    "change",
    [
        *SMALL, ("c5.2xlarge", "c5.9xlarge"), ("[c5.2xlarge]", "[c5]"), ("[c5.4xlarge]", "[c5]"),
        ("    compute_environments: [salmonExcess]", "    compute_environments: [salmonExcess, salmonWorkload]"),
        ("queues:\n", "queues:\n  urgent:\n    compute_environments: [salmonExcess, salmonWorkload]\n"),
    ],
)  # fmt: skip
def test_what_was_written_is_so_already(tmp_path: Path, capsys: Capsys, change: tuple[str, str]) -> None:
    env, trace = copy(tmp_path, "salmon", change), write_trace(tmp_path / "trace.txt", list_salmon())
    write(capsys, trace, env)
    assert "nothing to write" in write(capsys, trace, env)


def test_names_that_the_environments_own_is_filled_into(tmp_path: Path, capsys: Capsys) -> None:
    names = ("salmonWorkload", '"{environment}Workload"'), ("salmonExcess", '"{environment}Excess"')
    env = copy(tmp_path, "salmon", *SMALL, *names)
    write(capsys, write_trace(tmp_path / "trace.txt", list_salmon()), env)
    written = env.read_text()
    assert written == copy(tmp_path, "salmon", *names).read_text()
    assert "'salmonWorkload'" in (tmp_path / "salmon.config").read_text()


def test_keys_that_another_takes_over_and_has_of_its_own(tmp_path: Path, capsys: Capsys) -> None:
    env = copy(
        tmp_path, "salmon", *SMALL, ("  salmonWorkload:\n    instance", "  salmonWorkload: &usual\n    instance"),
        ("    instance_types: [c5.xlarge]\n", "    <<: *usual\n    instance_types: [c5.xlarge]\n"),
    )  # fmt: skip
    write(capsys, write_trace(tmp_path / "trace.txt", list_salmon()), env)
    types = [compute.instance_types for compute in definitions.load(str(env)).compute_environments.values()]
    assert types == [("c5.2xlarge",), ("c5.4xlarge",)]
    assert "<<: *usual" in env.read_text()


def test_a_file_that_cannot_be_written_leaves_the_others_as_they_were(tmp_path: Path, capsys: Capsys) -> None:
    env, trace = copy(tmp_path, "salmon", *SMALL), write_trace(tmp_path / "trace.txt", list_salmon())
    before = env.read_text()
    with pytest.raises(UserError, match=r"/proc/salmon\.config cannot be written") as raised:
        write(capsys, trace, env, config="/proc/salmon.config")
    assert "Nothing was changed" in raised.value.hint
    assert env.read_text() == before

"""`invoke size` from a trace to machines, dollars and a picture, in the offline AWS."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from kiln.errors import UserError
from nextflow.recommendation import command
from nextflow.recommendation.command import Options
from sandbox.inprocess import Sandbox
from tests.support.traces import list_salmon, write_trace


@pytest.fixture(autouse=True)
def _own_folders(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def run(capsys: pytest.CaptureFixture[str], *traces: str, **options: object) -> str:
    assert command.run(traces, Options(**options), as_json=False) == 0  # type: ignore[arg-type]
    return capsys.readouterr().out


def test_the_guide_of_2019_comes_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trace = write_trace(tmp_path / "trace.txt", list_salmon())
    for env in ("", "salmon"):
        shown = run(capsys, trace, env=env)
        assert "12, 6.0 → 6" in shown
        assert "workload  c5.2xlarge: 8 vCPUs, registers 15434 MiB; $0.34 an hour, Spot $0.119" in shown
        assert "at most 12 at 100 vCPUs, a task to a machine" in shown
        assert "excess    c5.4xlarge: 16 vCPUs, registers 31152 MiB" in shown
        assert "0 of 40 tasks need more memory than is asked for at first, and run again; 0 more than" in shown


def test_dollars_and_what_packing_saves(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"name": f"small ({n})", "realtime": "1h", "%cpu": "98%", "peak_rss": "1 GB"} for n in range(40)]
    assert command.run([write_trace(tmp_path / "t", rows)], Options(types="c5"), as_json=True) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["alone"]["on_demand"] == pytest.approx(40 * 0.085)
    assert document["alone"]["spot"] == pytest.approx(40 * 0.085 * 0.35)
    assert (document["workload"]["type"], document["machines"]) == ("c5.large", 50)
    assert document["packed"]["on_demand"] < 0.95 * document["alone"]["on_demand"]
    assert document["packed"]["tasks"] > 1


def test_what_retries_and_overflow_cost(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    task: dict[str, object] = {"name": "P (1)", "realtime": "1h", "%cpu": "590%", "peak_rss": "8 GB", "memory": "6 GB"}
    rows = [task] * 38 + [{**task, "peak_rss": "20 GB"}]
    rows += [{**task, "status": "FAILED", "exit": 1}] + [{**task, "status": "FAILED", "exit": "-"}] * 2
    assert command.run([write_trace(tmp_path / "t", rows)], Options(types="c5"), as_json=True) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["overflow"], document["overflow_of_asks"]) == (1, 1)
    # 38 h on the workload type, 1 h lost there and again on the excess type, 1 h that failed; on Spot 2 h more.
    assert document["alone"]["on_demand"] == pytest.approx(40 * 0.34 + 0.68)
    assert document["alone"]["spot"] == pytest.approx((42 * 0.34 + 0.68) * 0.35)
    assert document["alone"]["lost"] == pytest.approx(2 / 41)
    assert document["alone"]["lost_on_spot"] == pytest.approx(4 / 43)


def test_the_scratch_volume(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"name": f"P ({n})", "realtime": "1h", "rchar": "60 GB", "wchar": "30 GB"} for n in range(40)]
    shown = run(capsys, write_trace(tmp_path / "t", rows))
    assert "volumes.data.size 130 GiB; docker_storage autoscale: first 90 GiB, ceiling 260 GiB" in shown


def test_the_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trace = write_trace(tmp_path / "t", [*list_salmon(), {"name": "blind & (x)", "realtime": "1s"}])
    shown = run(capsys, trace, picture=str(tmp_path / "a.svg"))
    assert str(tmp_path / "a.svg") in shown
    root = ElementTree.parse(tmp_path / "a.svg").getroot()
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"salmon", "blind &", "40 tasks", "unknown", "asked for", "9.1 GiB"} <= set(texts)
    with pytest.raises(UserError, match="no picture"):
        command.run([trace], Options(picture="a.png"), as_json=False)


@pytest.mark.parametrize(
    ("rows", "options", "words"),
    [
        ([], Options(), "no task completed"),
        ([{"name": "A (1)", "status": "FAILED", "exit": 126}], Options(), "no task completed"),
        ([{"name": "BIG (1)", "peak_rss": "9000 GB"}], Options(), r"no machine holds BIG \(1 CPUs, \d+ MiB\)"),
        ([{"name": "A (1)"}], Options(types="c99"), "no machines to choose from"),
        ([{"name": "A (1)"}], Options(types="c5,t3.large"), "AWS Batch takes no t3.large"),
        ([{"name": "A (1)"}], Options(percentile="0"), "no percentile"),
        ([{"name": "A (1)"}], Options(percentile="most"), "no percentile"),
        ([{"name": "A (1)"}], Options(env="nowhere"), "no environment definition"),
    ],
)
def test_what_is_refused(tmp_path: Path, rows: list[dict[str, object]], options: Options, words: str) -> None:
    with pytest.raises(UserError, match=words) as raised:
        command.run([write_trace(tmp_path / "t", rows)], options, as_json=False)
    assert raised.value.why
    assert raised.value.hint


def test_what_ended_is_told_with_its_codes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ends: list[dict[str, object]] = [{"exit": 137, "memory": "2 GB"}, {"exit": 143, "time": "1h"}, {"exit": "-"}]
    rows = [{"name": "P (1)", "status": "FAILED", "realtime": "10m", **end} for end in ends]
    rows += [{"name": f"P ({n})", "realtime": "10m", "peak_rss": "1 GB"} for n in range(30)]
    shown = run(capsys, write_trace(tmp_path / "t", rows))
    assert "3 of 33 attempts came to nothing: 1 × out of memory (137), 1 × ended from outside (143)" in shown
    assert "1 × no exit code" in shown
    assert "raised: 1 × killed for memory with 2048 MiB" in shown
    assert "→ 3.0 GiB" in shown


def test_a_lost_machine_is_counted_once_whichever_way_it_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows: list[dict[str, object]] = [{"name": "P (1)", "realtime": "1h", "peak_rss": "1 GB"}]
    rows += [{"name": "P (1)", "status": "FAILED", "exit": code} for code in ("-", 2147483647)]
    shown = run(capsys, write_trace(tmp_path / "t", rows))
    assert "2 of 3 attempts came to nothing: 2 × no exit code (its machine was lost, or it never began)\n" in shown


def test_retries_without_a_row_are_named_beside_their_share(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "t"
    path.write_text("name\tstatus\trealtime\tattempt\nP (1)\tCOMPLETED\t1h\t3\n")
    assert "retries are 0.0% of it, without 2 former attempts that have no row in the trace" in run(capsys, str(path))


def test_processes_with_gpus_are_told_that_these_machines_have_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "t"
    rows = (
        "name\tstatus\trealtime\tpeak_rss\taccelerator",
        "X:NN (1)\tCOMPLETED\t1h\t1 GB\t1",
        "A\tCOMPLETED\t1h\t1 GB\t-",
    )
    path.write_text("\n".join(rows) + "\n")
    shown = run(capsys, str(path), types="c5")
    assert "! NN asks for GPUs, and these machines have none" in shown
    assert "--types g5" in shown
    assert command.run([str(path)], Options(types="c5"), as_json=True) == 0
    assert "NN asks for GPUs" in json.loads(capsys.readouterr().out)["notes"][-1]
    shown = run(capsys, str(path), types="g5")
    assert "workload  g5.xlarge: 4 vCPUs" in shown
    assert "GPUs" not in shown


def test_a_machine_is_no_larger_than_all_of_them_may_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"name": "A (1)", "realtime": "1h", "%cpu": "100%", "peak_rss": "5 GB"}]
    trace = write_trace(tmp_path / "t", rows)
    shown = run(capsys, trace, types="r5,c5", max_vcpus=2)
    assert "workload  r5.large" in shown
    assert "excess    r5.xlarge" in shown  # AWS Batch passes max_vcpus by a machine where it must
    with pytest.raises(UserError, match="no machine holds A") as raised:
        command.run([trace], Options(types="c5", max_vcpus=2), as_json=False)
    assert "2 vCPUs" in raised.value.why
    assert "--max-vcpus" in raised.value.hint
    with pytest.raises(UserError, match="no machine") as raised:
        command.run([trace], Options(types="c5", max_vcpus=1), as_json=False)
    assert "at most 1 vCPU" in raised.value.why


def test_machines_of_two_architectures_are_never_mixed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What an x86 image runs on, an Arm machine does not start."""
    trace = write_trace(tmp_path / "t", [{"name": "A (1)", "realtime": "1h", "peak_rss": "1 GB"}])
    for types, kept in (("m5,m6g", "m5"), ("m6g,m5", "m6g")):
        shown = run(capsys, trace, types=types)
        assert f"machines  {kept} in" in shown
        assert f"! {types.replace(',', ' and ').split(' and ')[1]} is left out: " in shown


@pytest.mark.parametrize("types", ["c5 m5", "c5, m5", " c5,m5 ,"])
def test_families_with_blanks_or_commas_between_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], types: str
) -> None:
    trace = write_trace(tmp_path / "t", [{"name": "A (1)", "realtime": "1h", "peak_rss": "1 GB"}])
    assert "machines  c5, m5 in" in run(capsys, trace, types=types)

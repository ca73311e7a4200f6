"""What is named as a trace: a file on this computer, once."""

from pathlib import Path

import pytest

from kiln.errors import UserError
from nextflow.traces.files import find_file, list_files


@pytest.mark.parametrize("address", ["s3://genomics-1/_nextflow/logs/trace.1.1.txt", "https://example.org/trace.txt"])
def test_a_trace_that_is_not_on_this_computer(address: str) -> None:
    with pytest.raises(UserError) as raised:
        find_file(address)
    assert raised.value.what == f"{address} cannot be read"
    assert "not on this computer" in raised.value.why
    assert f"aws s3 cp {address} ." in raised.value.hint or address.startswith("https")


@pytest.mark.parametrize(
    ("name", "words"), [("", "no file is named"), ("*.txt", "no such file"), (".", "it is a folder")]
)
def test_what_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, words: str) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text("name\tstatus\n")
    with pytest.raises(UserError) as raised:
        find_file(name)
    assert words in f"{raised.value.what} {raised.value.why}".lower()
    assert raised.value.hint


def test_the_same_file_named_twice_counts_once(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("name\tstatus\n")
    notes: list[str] = []
    assert list_files([str(path), f"{tmp_path}/./a.txt"], notes) == [path]
    assert notes == [f"{tmp_path}/./a.txt is named twice: it was read once"]

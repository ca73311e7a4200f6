import io
import tarfile

import pytest

from provision.model.recipe import Check, File, Step
from provision.ssh.bundle import bundle


def members(archive: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return {member.name: (tar.extractfile(member) or io.BytesIO()).read() for member in tar}


def test_equal_input_gives_equal_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    def build() -> bytes:
        return bundle([File("/etc/a", b"a")], [Step("one", "true")], [Check("two", "true")]).archive

    first = build()
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    assert build() == first


def test_any_difference_shows() -> None:
    assert bundle(steps=[Step("one", "true")]).archive != bundle(steps=[Step("one", "false")]).archive


def test_tasks_are_files_then_steps_then_checks() -> None:
    made = bundle([File("/etc/a", b"a")], [Step("s", "true", timeout=5, reboot=True)], [Check("c", "true", timeout=7)])
    assert [task.name for task in made.tasks] == ["files", "s", "c"]
    assert members(made.archive)["plan"] == b"step 300 0\nstep 5 1\ncheck 7 0\n"


def test_content_of_a_file_is_sent_as_it_is() -> None:
    content = bytes(range(256))
    assert members(bundle([File("/etc/a", content)]).archive)["files/0"] == content


def test_no_time_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="for ever: time limit of 0 s"):
        bundle(steps=[Step("for ever", "true", timeout=0)])


def test_nobody_but_root_may_read_what_is_sent() -> None:
    archive = bundle([File("/etc/a", b"a", 0o644)], [Step("one", "true")]).archive
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        assert {member.mode for member in tar if member.isfile()} == {0o600}

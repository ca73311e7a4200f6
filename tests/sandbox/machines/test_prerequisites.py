import subprocess
from pathlib import Path

import pytest

from sandbox.machines import prerequisites
from sandbox.machines.prerequisites import (
    NEEDED,
    Prerequisite,
    debian_codename,
    ensure,
    missing,
    present,
)
from sandbox.world.hypervisor import MachineError

DEBIAN = 'ID=debian\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'
ABSENT = Prerequisite("no-such-package", "no-such-command-anywhere")


@pytest.fixture
def debian(tmp_path: Path) -> Path:
    release = tmp_path / "os-release"
    release.write_text(DEBIAN)
    return release


def test_what_is_missing_is_named_by_its_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    here = tmp_path / "file"
    here.touch()
    monkeypatch.setattr(prerequisites, "NEEDED", (Prerequisite("shell", "sh"), ABSENT, Prerequisite("file", str(here))))
    assert missing() == ("no-such-package",)


def test_a_command_in_sbin_counts_though_path_leaves_it_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert present(Prerequisite("e2fsprogs", "mkfs.ext4"))
    assert not present(ABSENT)


def test_nothing_happens_when_all_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prerequisites, "NEEDED", (Prerequisite("shell", "sh"),))
    said: list[str] = []
    ensure(said.append, Path("/no/os-release"))
    assert said == []


def test_elsewhere_than_on_debian_the_packages_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(prerequisites, "NEEDED", (ABSENT,))
    release = tmp_path / "os-release"
    release.write_text("ID=fedora\nVERSION_ID=43\n")
    with pytest.raises(MachineError, match=r"need Debian.*no-such-package"):
        ensure(print, release)


def test_without_the_right_to_install_the_command_is_told(monkeypatch: pytest.MonkeyPatch, debian: Path) -> None:
    monkeypatch.setattr(prerequisites, "NEEDED", (ABSENT,))
    monkeypatch.setattr(prerequisites, "may_be_root", lambda: False)
    with pytest.raises(MachineError, match="type: sudo apt-get install --no-install-recommends no-such-package"):
        ensure(print, debian)


def test_a_failed_installation_shows_what_apt_said(monkeypatch: pytest.MonkeyPatch, debian: Path) -> None:
    monkeypatch.setattr(prerequisites, "NEEDED", (ABSENT,))
    monkeypatch.setattr(prerequisites, "may_be_root", lambda: True)
    monkeypatch.setattr(
        prerequisites, "as_root", lambda command: ["sh", "-c", "echo E: Unable to locate package; exit 100"]
    )
    with pytest.raises(MachineError, match="Unable to locate package"):
        ensure(lambda line: None, debian)


def test_the_installation_neither_recommends_nor_upgrades_nor_starts(
    monkeypatch: pytest.MonkeyPatch, debian: Path
) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr(prerequisites, "NEEDED", (ABSENT,))
    monkeypatch.setattr(prerequisites, "may_be_root", lambda: True)
    monkeypatch.setattr(prerequisites, "run", ran.append)
    with pytest.raises(MachineError, match="still missing: no-such-package"):
        ensure(lambda line: None, debian)
    assert {"--no-install-recommends", "--no-upgrade", "RUNLEVEL=1", "NEEDRESTART_MODE=l"} <= set(ran[0])


def test_codename(debian: Path, tmp_path: Path) -> None:
    assert debian_codename(debian) == "bookworm"
    assert debian_codename(tmp_path / "absent") is None


def service_units(package: str) -> tuple[str, ...]:
    """The systemd units and init scripts that an installed package ships."""
    listed = subprocess.run(["dpkg", "-L", package], capture_output=True, text=True, check=False).stdout.splitlines()
    places = ("/lib/systemd/system/", "/usr/lib/systemd/system/", "/etc/init.d/")
    return tuple(path for path in listed if path.startswith(places) and Path(path).is_file())


def test_no_package_that_is_installed_here_ships_a_service() -> None:
    # e2fsprogs is on every Debian already, so it is never installed by this.
    shipped = {needed.package: service_units(needed.package) for needed in NEEDED if needed.package != "e2fsprogs"}
    assert {package: units for package, units in shipped.items() if units} == {}
    assert service_units("e2fsprogs")

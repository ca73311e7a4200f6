from pathlib import Path

import pytest

from sandbox.machines.apt_sources import debian_sources
from sandbox.world.hypervisor import MachineError

DEB822 = """\
Types: deb deb-src
# a comment
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
"""
THIRD_PARTY = """\
deb [arch=amd64 signed-by=/usr/share/keyrings/vendor.gpg] https://vendor.example bookworm main
deb https://vendor.example/linux/debian bookworm stable
deb https://vendor.example cloud-sdk-bookworm main
deb-src http://mirror.example/debian bookworm main
"""


@pytest.fixture
def apt(tmp_path: Path) -> Path:
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list.d" / "vendor.list").write_text(THIRD_PARTY)
    (tmp_path / "sources.list.d" / "vendor.sources").write_text(
        "Types: deb\nURIs: https://vendor.example\nSuites: nodistro\nComponents: main\n"
    )
    return tmp_path


def test_stanzas_of_debian_are_kept_and_others_are_not(apt: Path) -> None:
    (apt / "sources.list.d" / "debian.sources").write_text(DEB822)
    kept = debian_sources("bookworm", apt)
    assert kept.count("Types: deb\n") == 2
    assert "deb-src" not in kept
    assert "vendor" not in kept
    assert "mirror.example/debian-security" in kept


def test_one_line_sources_become_stanzas(apt: Path) -> None:
    (apt / "sources.list").write_text("deb [trusted=yes] http://mirror.example/debian bookworm main contrib # here\n")
    assert debian_sources("bookworm", apt) == (
        "Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm\nComponents: main contrib\n"
    )


def test_a_disabled_stanza_is_left_out_and_an_empty_rest_is_an_error(apt: Path) -> None:
    (apt / "sources.list.d" / "debian.sources").write_text(DEB822.split("\n\n")[1] + "Enabled: no\n")
    with pytest.raises(MachineError, match="no Debian bookworm source"):
        debian_sources("bookworm", apt)


def test_another_release_is_no_source_for_this_one(apt: Path) -> None:
    (apt / "sources.list").write_text("deb http://mirror.example/debian trixie main\n")
    with pytest.raises(MachineError, match="no Debian bookworm source"):
        debian_sources("bookworm", apt)

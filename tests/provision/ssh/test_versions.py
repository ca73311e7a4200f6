from pathlib import Path

import pytest

from provision.ssh import versions
from tests.support.bash import run, tool

OUTPUT = """\
os=Amazon Linux 2023
kernel=6.1.0
docker=25.0.8
ecs_agent=
package_manager=dnf
package=bash 5.2.15-1.amzn2023 x86_64
package=c-ares=x 1.19 noarch
root_bytes=2147483648
data_bytes=4096
"""


def test_values_packages_and_bytes_are_read() -> None:
    found = versions.parse(OUTPUT)
    assert found.software == {
        "os": "Amazon Linux 2023",
        "kernel": "6.1.0",
        "docker": "25.0.8",
        "package_manager": "dnf",
    }
    assert found.packages == ("bash 5.2.15-1.amzn2023 x86_64", "c-ares=x 1.19 noarch")
    assert (found.root_bytes, found.data_bytes) == (2**31, 4096)


def test_a_machine_without_a_data_volume() -> None:
    assert versions.parse("root_bytes=10\n").data_bytes is None


def test_output_that_was_cut_is_an_error() -> None:
    with pytest.raises(ValueError, match="root_bytes is missing"):
        versions.parse(OUTPUT.partition("root_bytes")[0])


def test_the_script_on_this_machine(tmp_path: Path) -> None:
    (tmp_path / "lib/python3.13/site-packages/awscli-2.31.0.dist-info").mkdir(parents=True)
    tool(tmp_path / "tools", "docker", "echo 'Docker version 25.0.8, build 0bab007'")
    done = run(versions.make_script(str(tmp_path)), tools=tmp_path / "tools")
    assert done.returncode == 0, done.stderr
    found = versions.parse(done.stdout)
    assert found.software["docker"] == "25.0.8"
    assert found.software["aws_cli"] == "2.31.0"
    assert found.software["kernel"]
    assert any(line.startswith("bash ") for line in found.packages)
    assert found.root_bytes > 0


def test_what_is_not_installed_is_left_out(tmp_path: Path) -> None:
    tool(tmp_path, "docker", "exit 127")
    done = run(versions.make_script("/nowhere"), tools=tmp_path)
    found = versions.parse(done.stdout)
    assert not {"docker", "aws_cli", "ecs_agent"} & set(found.software)

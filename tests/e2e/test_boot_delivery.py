"""A recipe delivered while a stock machine boots, by the user data of a launch template that nothing is added to."""

import json
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cloud.session import Cloud
from images.builder.keys import generate_keys
from images.spec.image import ImageSpec
from kiln.errors import UserError
from launch_templates import definitions
from launch_templates.spec import LaunchTemplateSpec
from provision.docker import storage as docker_storage
from provision.image import list_image_recipes, list_recipes, make_image_recipe
from provision.model import carried, downloads
from provision.model.recipe import Check, File, Machine, Step
from provision.ssh.bundle import bundle
from tests.support.cli import Cli
from tests.support.from_template import Started, started, until
from userdata.builder import make_cloud_config

pytestmark = pytest.mark.e2e

TEMPLATE = "genomics-workflow-template"
# Where the stand-ins keep what cloud-init needs for it, so that no boot pays for it.
SCHEMA = "PYTHONPATH=/usr/libexec/kiln-stand-in/schema cloud-init schema --config-file"
Register = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="module")
def register(cli: Cli) -> Register:
    """`invoke register-launch-template` of a name or path; its document."""

    def run(template: str) -> dict[str, Any]:
        found = cli("sandbox", "register-launch-template", "--template", template, "--json")
        return dict(json.loads(found.stdout))

    return run


# First, for the machine of the others lives until their last: there is one at a time.
def test_a_step_that_fails_keeps_the_agent_away(register: Register) -> None:
    with started(Cloud(), register(str(Path(__file__).with_name("boot-fails.yaml")))) as machine:
        with pytest.raises(UserError, match="cloud-init failed"):
            machine.remote.wait_for_cloud_init(300)
        said = machine.console()
        assert "kiln-boot: a step that fails ended with exit code 2" in said
        assert "this machine takes no jobs: the ECS agent is masked" in said
        assert machine.bash("systemctl is-enabled ecs || true; systemctl is-active ecs || true") == "masked\ninactive"
        machine.bash("[ ! -e /var/log/ecs/ecs-agent.log ] && [ ! -e /etc/kiln-behind ]")
        parts = machine.bash("cat /etc/kiln-user-part /run/kiln-order")
        assert parts == "écrit par cloud-init\nearly\nlate"
        machine.bash("systemctl unmask ecs && systemctl enable ecs && systemctl start ecs")  # as the console says
        assert machine.bash("systemctl is-active ecs") == "active"


@dataclass(frozen=True)
class Stock:
    """A stock machine prepared at boot; `warnings` are cloud-init's."""

    started: Started
    warnings: tuple[str, ...]
    spec: LaunchTemplateSpec


@pytest.fixture(scope="module")
def stock(register: Register, role: str) -> Iterator[Stock]:
    template = register(TEMPLATE)
    assert template["delivered"] == ["aws_cli", "docker_storage", "ecs_agent"]
    with started(Cloud(), template, profile=role) as machine:
        yield Stock(machine, machine.remote.wait_for_cloud_init(300).warnings, definitions.load(TEMPLATE))


def baked(spec: LaunchTemplateSpec) -> tuple[Check, ...]:
    """The checks that an image of the same needs has to pass; fails where the two would not do the same."""
    data = spec.volumes.data
    assert data
    assert spec.docker_storage
    machine = Machine(
        "al2023", data_device=data.device, data_gib=data.size, downloads=downloads.resolve_mirrors(spec.downloads)
    )
    image = ImageSpec.model_validate({
        "name": "baked", "base": {"ssm": "ecs/al2023"}, "volumes": {"data": {"device": data.device, "size": "100 GiB"}},
        "docker_storage": spec.docker_storage, "aws_cli": spec.aws_cli, "ecs_agent": spec.ecs_agent,
    })  # fmt: skip
    assert carried.find_missing(list_recipes(spec, machine), carried.as_tag(list_image_recipes(image, machine))) == {}
    everywhere = [check for check in make_image_recipe(image, machine).checks if check.on == "everywhere"]
    return (*everywhere, *docker_storage.image_checks(spec.docker_storage))


def test_a_stock_machine_passes_the_checks_of_the_baked_image(stock: Stock) -> None:
    assert stock.warnings == ()
    until(lambda: stock.started.remote.run("systemctl is-active ecs").exit_code == 0, "the start of the ECS agent")
    checks = baked(stock.spec)
    ended = stock.started.check(*checks)
    assert [each.task.name for each in ended] == [check.name for check in checks]
    assert len(checks) > 6
    assert [each for each in ended if not each.ok] == []


def test_it_says_when_it_is_ready_and_leaves_nothing_behind(stock: Stock) -> None:
    log = stock.started.bash("cat /var/log/kiln-boot.log")
    ready = re.search(r"kiln-boot: ready after (\d+) s$", log)
    assert ready, log
    assert 0 < int(ready[1]) < stock.started.seconds_to("ecs.service")
    assert f"ready after {ready[1]} s" in stock.started.console()
    left = "ls -d /run/kiln-boot /run/kiln-boot.sh /etc/systemd/system/ecs.service 2>/dev/null || true"
    assert stock.started.bash(left) == "/run/kiln-boot.sh"  # what was run, for those who look


def cloud_configs() -> dict[str, str]:
    """Every cloud-config that Kiln composes or ships, and one with a mistake."""
    found = {"builder": make_cloud_config(generate_keys("schema").host, time_limit=5400)}
    for path in (*sorted(definitions.HERE.glob("*.yaml")), Path(__file__).with_name("boot-fails.yaml")):
        parts = definitions.load(str(path)).user_data
        found |= {f"{path.stem}-{part.name}": part.text for part in parts if part.type == "cloud-config"}
    return found


def test_cloud_inits_own_schema_knows_every_cloud_config(stock: Stock) -> None:
    texts = cloud_configs()
    assert set(texts) >= {"builder", "reference-time-zone"}
    texts["wrong"] = "#cloud-config\nbootcmd: true\n"
    files = [File(f"/run/schema/{name}", text.encode(), 0o600) for name, text in texts.items()]
    checks = [Check(name, f"{SCHEMA} /run/schema/{shlex.quote(name)} 2>&1") for name in texts]
    ended = stock.started.remote.perform(bundle(files, (), checks), lambda event: None).results
    said = {each.task.name: (each.ok, "\n".join(each.output)) for each in ended if each.task.name in texts}
    assert set(said) == set(texts)
    ok, output = said.pop("wrong")
    assert not ok
    assert "bootcmd: True is not of type 'array'" in output
    assert [name for name, (ok, output) in said.items() if not ok or "Valid cloud-config" not in output] == [], said


def test_a_reboot_brings_it_back_without_preparing_it_again(stock: Stock) -> None:
    log = "stat --format %y /var/log/kiln-boot.log"
    before = stock.started.bash(log)
    files, restart = (File("/var/lib/docker/kiln-mark", b"kept\n"),), (Step("restart", "true", reboot=True),)
    done = stock.started.remote.perform(bundle(files, restart, (Check("log", log),)), lambda event: None)
    assert [each.task.name for each in done.results if each.ok][-2:] == ["restart", "log"]
    assert "".join(done.results[-1].output) == before
    until(lambda: stock.started.remote.run("systemctl is-active ecs").exit_code == 0, "the start of the ECS agent")
    assert [each for each in stock.started.check(*baked(stock.spec)) if not each.ok] == []
    assert stock.started.bash("cat /var/lib/docker/kiln-mark") == "kept"

"""Row 10: a name may hold {environment}, and the same YAML then makes a second environment."""

from pathlib import Path

import pytest

from environments.commands import destroy as destroy_command
from environments.spec import definitions
from images.amis import choose
from kiln.errors import Problem, UserError
from launch_templates import commands as templates
from sandbox.inprocess import Sandbox
from tests.support.environments import STOCK, Registered, compute, orders

TEXT = """
name: {name}
image: nextflow-al2023
ami: ecs-optimized
launch_template: nextflow-al2023
buckets: {{work: {{name: "{{environment}}-work-of-ours"}}}}
roles: {{job: "{{environment}}-tasks"}}
log_group: {{name: "/jobs/{{environment}}"}}
compute_environments:
  "{{environment}}-spot": {{market: spot, instance_types: [c5.2xlarge]}}
  "on-{{environment}}": {{instance_types: [c5.2xlarge]}}
queues:
  "{{environment}}": {{compute_environments: ["{{environment}}-spot", "on-{{environment}}"]}}
job_definitions:
  "{{environment}}-task": {{image: "public.ecr.aws/docker/library/busybox:1", vcpus: 1, memory: 512 MiB}}
"""


def write(folder: Path, name: str) -> str:
    path = folder / f"{name}.yaml"
    path.write_text(TEXT.format(name=name))
    return str(path)


def test_row_10_the_names_are_filled_in(tmp_path: Path) -> None:
    spec = definitions.load(write(tmp_path, "lab"))
    assert list(spec.compute_environments) == ["lab-spot", "on-lab"]
    assert spec.queues["lab"].compute_environments == ("lab-spot", "on-lab")
    assert list(spec.job_definitions) == ["lab-task"]
    assert (spec.job_role, spec.log_group.name, spec.buckets["work"].name) == (
        "lab-tasks", "/jobs/lab", "lab-work-of-ours"
    )  # fmt: skip


def test_row_10_a_second_environment_from_the_same_text(
    sandbox: Sandbox, registered: Registered, tmp_path: Path
) -> None:
    for name in ("lab", "clinic"):
        registered(write(tmp_path, name), STOCK)
    assert set(compute(sandbox)) == {"lab-spot", "on-lab", "clinic-spot", "on-clinic"}
    assert orders(sandbox)["clinic"] == ["clinic-spot", "on-clinic"]
    assert registered(write(tmp_path, "lab"), STOCK, plan=True)["something_to_do"] is False
    destroy_command.destroy("lab", None, buckets=[], amis=[], plan=False, yes=True, terminate_jobs=False, as_json=False)
    assert set(compute(sandbox)) == {"clinic-spot", "on-clinic"}


def test_row_10_the_refusal_points_to_it(sandbox: Sandbox, registered: Registered, tmp_path: Path) -> None:
    first = Path(write(tmp_path, "lab"))
    registered(str(first), STOCK)
    second = tmp_path / "clinic.yaml"
    second.write_text(first.read_text().replace("{environment}", "lab").replace("name: lab\n", "name: clinic\n", 1))
    with pytest.raises(UserError, match="belongs to the environment lab") as refused:
        registered(str(second), STOCK, plan=True)
    assert '"{environment}-spot"' in refused.value.hint


@pytest.mark.parametrize("wrong", ["{env}", "{environment", "{Environment}", "{environment}!"])
def test_row_10_another_placeholder_is_refused_with_its_line(tmp_path: Path, wrong: str) -> None:
    path = Path(write(tmp_path, "lab"))
    path.write_text(path.read_text().replace('"{environment}-spot": {m', f'"{wrong}-spot": {{m'))
    with pytest.raises(Problem) as refused:
        definitions.load(str(path))
    [problem] = refused.value.problems
    assert problem.startswith("line 10, compute_environments")


def test_row_10_a_name_that_becomes_too_long_is_refused(tmp_path: Path) -> None:
    path = Path(write(tmp_path, "a-name-of-24-characters-"))
    path.write_text(path.read_text().replace("on-{environment}", "{environment}-" + "x" * 110))
    with pytest.raises(Problem) as refused:
        definitions.load(str(path))
    assert any("compute_environments" in problem for problem in refused.value.problems)


def template(folder: Path, name: str) -> str:
    (folder / "own.yaml").write_text(f"name: '{name}'\nami: ecs/al2023\ntask_credentials: job-role\n")
    path = Path(write(folder, "lab"))
    path.write_text(path.read_text().replace("launch_template: nextflow-al2023", "launch_template: ./own.yaml"))
    return str(path)


def test_row_10_a_launch_templates_name_is_filled_in(
    sandbox: Sandbox, registered: Registered, tmp_path: Path
) -> None:  # fmt: skip
    first = template(tmp_path, "{environment}-workers")
    second = tmp_path / "clinic.yaml"
    second.write_text(Path(first).read_text().replace("name: lab", "name: clinic", 1))
    for env in (first, str(second)):
        assert registered(env, STOCK)["code"] == 0
        assert registered(env, STOCK, plan=True)["code"] == 0, "nothing is left to do"
    told = sandbox.client("ec2").describe_launch_templates()["LaunchTemplates"]
    assert sorted(found["LaunchTemplateName"] for found in told) == ["clinic-workers", "lab-workers"]


@pytest.mark.parametrize("name", ["{environment}" * 43, "{environment}" + "x" * 126])
def test_row_10_a_launch_templates_name_that_becomes_too_long_is_refused(
    sandbox: Sandbox, registered: Registered, tmp_path: Path, name: str
) -> None:  # fmt: skip
    with pytest.raises(UserError, match="the launch template cannot be called lab") as refused:
        registered(template(tmp_path, name), STOCK, plan=True)
    assert "129 characters" in refused.value.why


def test_row_10_without_an_environment_such_a_template_has_no_name(sandbox: Sandbox, tmp_path: Path) -> None:
    template(tmp_path, "{environment}-workers")
    with pytest.raises(UserError, match=r"\{environment\}-workers is no name of a launch template yet"):
        templates.register(str(tmp_path / "own.yaml"), "", None, choose, plan=True, set_default=False, as_json=False)

from pathlib import Path

import pytest
from pydantic import ValidationError

from provision.model.recipe import Machine
from provision.provisioners import container_images
from tests.support.bash import run, tool

GOOD = [
    "ubuntu",
    "ubuntu:24.04",
    "docker.io/library/ubuntu:24.04",
    "quay.io/biocontainers/salmon:1.10.3--h45fbf2d_4",
    "123456789012.dkr.ecr.us-east-1.amazonaws.com/my/tool@sha256:" + "0" * 64,
    "localhost:5000/tool:v1@sha256:" + "a" * 64,
]


@pytest.mark.parametrize("name", GOOD)
def test_references_are_taken(name: str) -> None:
    assert container_images.Spec.model_validate([name]).root == (name,)


@pytest.mark.parametrize("name", ["Ubuntu", "a b", "-x", "ubuntu:", "ubuntu; id", "a//b", "a@sha256:00", "", "$(id)"])
def test_what_is_no_reference_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        container_images.Spec.model_validate([name])


def test_repositories_read_as_docker_lists_them() -> None:
    assert container_images.repositories(container_images.Spec.model_validate(GOOD)) == (
        "ubuntu",
        "ubuntu",
        "ubuntu",
        "quay.io/biocontainers/salmon",
        "123456789012.dkr.ecr.us-east-1.amazonaws.com/my/tool",
        "localhost:5000/tool",
    )


def pull(tmp_path: Path, docker: str) -> tuple[int, str, int]:
    """Exit code and errors of the pull of one image, and how often docker was called."""
    for name, text in {"curl": "exit 0", "sleep": "exit 0", "docker": f"echo >>{tmp_path}/calls; {docker}"}.items():
        tool(tmp_path / "bin", name, text)
    recipe = container_images.recipe(container_images.Spec.model_validate(["ubuntu:24.04"]), Machine("al2023"))
    done = run(recipe.steps[0].script, tools=tmp_path / "bin")
    return done.returncode, done.stderr, (tmp_path / "calls").read_text().count("\n")


def test_a_pull_is_tried_three_times_and_shows_why_it_failed(tmp_path: Path) -> None:
    code, errors, calls = pull(tmp_path, "echo toomanyrequests >&2; exit 1")
    assert (code, calls) == (1, 3)
    assert errors.count("toomanyrequests") == 3
    assert "could not pull ubuntu:24.04" in errors


def test_a_pull_that_works_at_last_is_enough(tmp_path: Path) -> None:
    assert pull(tmp_path, f"[ $(wc -l <{tmp_path}/calls) = 2 ]")[::2] == (0, 2)


def test_the_check_asks_for_every_image_at_once(tmp_path: Path) -> None:
    tool(tmp_path, "curl", "exit 0")
    tool(tmp_path, "docker", 'echo "$@"; exit 1')
    spec = container_images.Spec.model_validate(["ubuntu:24.04", "quay.io/x/y"])
    done = run(container_images.recipe(spec, Machine("al2023")).checks[0].script, tools=tmp_path)
    assert done.stdout.endswith("ubuntu:24.04 quay.io/x/y\n")
    assert done.returncode == 1

"""The house's table of rooms, held against the code's imports."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "kiln": set(),
    "cloud": {"kiln"},
    "storage_daemon": set(),
    "provision": {"kiln", "cloud", "storage_daemon"},
    "userdata": {"kiln", "provision"},
    "images": {"kiln", "cloud", "provision", "userdata"},
    "launch_templates": {"kiln", "cloud", "provision", "userdata"},
    "environments": {"kiln", "cloud", "provision", "images", "launch_templates"},
    "jobs": {"kiln", "cloud", "environments"},
    "nextflow": {"kiln", "cloud", "provision", "images", "environments", "jobs"},
    "sandbox": set(),
    "cli": {"kiln", "cloud", "images", "launch_templates", "environments", "jobs", "nextflow", "sandbox"},
}

# The inner rooms of a top room, and which of the others each may import. "" is what lies in the top room itself.
INNER: dict[str, dict[str, set[str]]] = {
    "kiln": {"keys": set(), "": {"keys"}},
    "cloud": {"": set(), "rights": {""}},
    "storage_daemon": {"": set()},
    "provision": {
        "model": set(),
        "provisioners": {"model"},
        "docker": {"provisioners", "model"},
        "ssh": {"model"},
        "": {"docker", "provisioners", "model"},
    },
    "userdata": {"shell": set(), "rules": {"shell"}, "": {"rules", "shell"}},
    "images": {
        "spec": set(),
        "amis": {"spec"},
        "plan": {"amis", "spec"},
        "record": set(),
        "builder": {"plan", "record", "spec"},
        "acceptance": {"builder", "plan", "amis", "record"},
        "": {"acceptance", "builder", "plan", "amis", "record", "spec"},
        "commands": {"", "acceptance", "builder", "plan", "amis", "record", "spec"},
    },
    "launch_templates": {"": set()},
    "environments": {
        "spec": set(),
        "machines": {"spec"},
        "model": {"spec"},
        "kinds/iam": {"model", "spec"},
        "kinds/data": {"model", "spec"},
        "kinds/ec2": {"model", "spec"},
        "kinds/batch": {"kinds/iam", "kinds/ec2", "model", "spec"},
        "kinds": {"kinds/iam", "kinds/data", "kinds/ec2", "kinds/batch", "model"},
        "rollout": {"kinds/batch", "model"},
        "teardown": {"kinds", "kinds/iam", "kinds/data", "kinds/ec2", "kinds/batch", "rollout", "model"},
        "rights": {"kinds/iam", "model", "spec"},
        "plan": {
            "kinds",
            "kinds/data",
            "kinds/iam",
            "kinds/ec2",
            "kinds/batch",
            "rights",
            "rollout",
            "teardown",
            "model",
            "machines",
            "spec",
        },
        "screens": {"kinds/batch", "rollout", "teardown", "plan", "model", "machines"},
        "apply": {"kinds", "kinds/batch", "rollout", "teardown", "plan", "screens", "model"},
        "permissions": {"kinds/iam", "model", "spec"},
        "doctor/facts": {"kinds/batch", "rights", "plan", "model", "machines", "spec"},
        "doctor/looks": {
            "kinds/iam",
            "kinds/batch",
            "kinds/ec2",
            "doctor/facts",
            "rights",
            "plan",
            "model",
            "machines",
            "spec",
        },
        "doctor/checks": {"kinds/iam", "kinds/batch", "doctor/facts", "rights", "plan", "machines"},
        "doctor": {"doctor/checks", "doctor/looks", "doctor/facts", "kinds/batch", "spec"},
        "commands": {
            "apply",
            "screens",
            "teardown",
            "plan",
            "rollout",
            "permissions",
            "rights",
            "kinds/ec2",
            "doctor",
            "kinds/batch",
            "model",
            "machines",
            "spec",
        },
    },
    "jobs": {
        "model": set(),
        "looks": {"model"},
        "screens": {"looks", "model"},
        "canary": {"screens", "looks", "model"},
        "memory": {"looks", "model"},
        "commands": {"memory", "canary", "screens", "looks", "model"},
        "": {"canary"},
    },
    "nextflow": {"traces": set(), "sizing": {"traces"}},
    "sandbox": {
        "world": set(),
        "machines/guest": {"world"},
        "machines/ecs_agent/model": set(),
        "machines/ecs_agent/wire": {"machines/ecs_agent/model"},
        "machines/ecs_agent/tasks": {"machines/ecs_agent/model", "machines/ecs_agent/wire"},
        "machines/ecs_agent/control": {
            "machines/ecs_agent/tasks",
            "machines/ecs_agent/model",
            "machines/ecs_agent/wire",
        },
        "machines/ecs_agent/local": {
            "machines/ecs_agent/tasks",
            "machines/ecs_agent/model",
            "machines/ecs_agent/wire",
        },
        "machines/ecs_agent": {
            "machines/ecs_agent/control",
            "machines/ecs_agent/local",
            "machines/ecs_agent/tasks",
            "machines/ecs_agent/model",
            "machines/ecs_agent/wire",
        },
        "machines/packing": {"world"},
        "machines": {"machines/guest", "machines/packing", "world"},
        "registry": {"machines", "world"},
        "command": {"machines", "registry", "world"},
        "paging": {"world"},
        "iam/evaluation": set(),
        "iam/identities": {"world"},
        "iam": {"iam/evaluation", "iam/identities", "world"},
        "kms": {"iam/evaluation", "paging", "world"},
        "logs": {"iam/evaluation", "paging", "world"},
        "s3": {"iam/evaluation", "world"},
        "pricing": {"paging", "world"},
        "quotas": {"world"},
        "ecr/model": {"iam", "iam/evaluation", "registry", "world"},
        "ecr/front": {"ecr/model", "machines", "registry", "world"},
        "ecr": {"ecr/model", "iam/evaluation", "machines", "registry", "world"},
        "ec2/model": {"world"},
        "ec2/network": {"ec2/model", "world"},
        "ec2/hardware": {"ec2/network", "ec2/model", "iam", "world"},
        "ec2/volumes": {"ec2/hardware", "ec2/model", "kms", "world"},
        "ec2/launch_templates": {"ec2/volumes", "ec2/model", "world"},
        "ec2/instances": {
            "ec2/launch_templates",
            "ec2/volumes",
            "ec2/hardware",
            "ec2/network",
            "ec2/model",
            "iam",
            "kms",
            "pricing",
            "quotas",
            "world",
        },
        "ec2/images": {"ec2/instances", "ec2/volumes", "ec2/hardware", "ec2/model", "kms", "world"},
        "ec2": {
            "ec2/images",
            "ec2/instances",
            "ec2/launch_templates",
            "ec2/volumes",
            "ec2/network",
            "ec2/model",
            "iam/evaluation",
            "world",
        },
        "ssm": {"ec2/model", "iam/evaluation", "world"},
        "ecs/model": {"world"},
        "ecs/payloads": {"ecs/model", "iam", "world"},
        "ecs/sessions": {"ecs/payloads", "ecs/model", "world"},
        "ecs/tasks": {"ecs/model", "world"},
        "ecs/instances": {"ecs/tasks", "ecs/model", "ec2/model", "world"},
        "ecs": {
            "ecr",
            "ecs/instances",
            "ecs/tasks",
            "ecs/sessions",
            "ecs/payloads",
            "ecs/model",
            "iam",
            "iam/evaluation",
            "world",
        },
        "batch/model": {"ec2/model", "iam", "quotas", "world"},
        "batch/job_definitions": {"batch/model", "world"},
        "batch/tasks": {"batch/model", "ec2/model", "ecs/model", "world"},
        "batch/jobs": {"batch/job_definitions", "batch/tasks", "batch/model", "ecs", "ecs/model", "world"},
        "batch/machines": {"batch/model", "world"},
        "batch/compute_environments": {
            "batch/jobs",
            "batch/machines",
            "batch/model",
            "ecs",
            "ec2/model",
            "iam",
            "world",
        },
        "batch/job_queues": {"batch/jobs", "batch/model", "world"},
        "batch/placing": {
            "batch/machines",
            "batch/compute_environments",
            "batch/jobs",
            "batch/job_definitions",
            "batch/model",
            "ecs",
            "ecs/model",
            "pricing",
            "ec2/hardware",
            "ec2/network",
            "ec2/model",
            "world",
        },
        "batch": {
            "batch/placing",
            "batch/job_queues",
            "batch/compute_environments",
            "batch/jobs",
            "batch/job_definitions",
            "batch/model",
            "iam/evaluation",
            "world",
        },
        "seams": {
            "batch",
            "batch/model",
            "ec2",
            "ec2/images",
            "ec2/instances",
            "world",
            "ec2/launch_templates",
            "ec2/network",
            "ec2/volumes",
            "ecr",
            "ecs",
            "ecs/model",
            "iam",
            "kms",
            "logs",
            "paging",
            "quotas",
            "s3",
            "ssm",
        },
        "door": {
            "seams",
            "batch",
            "batch/machines",
            "batch/model",
            "batch/placing",
            "command",
            "ec2",
            "ec2/instances",
            "ec2/model",
            "ecr",
            "ecr/front",
            "ecs",
            "ecs/instances",
            "ecs/model",
            "ecs/sessions",
            "iam",
            "iam/evaluation",
            "kms",
            "logs",
            "machines",
            "paging",
            "pricing",
            "registry",
            "s3",
            "ssm",
            "world",
        },
        "": {"door", "ec2/instances", "seams", "world"},
    },
}
MOST_MODULES = 16  # in a folder: what a reader takes in


def imported(path: Path) -> set[str]:
    """The top-level names that a file imports, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_what_it_may(room: str) -> None:
    files = sorted((ROOT / room).rglob("*.py"))
    assert files
    for path in files:
        ours = imported(path) & (set(MAY_IMPORT) | {"tests", "tasks", "benchmarks"})
        assert ours <= MAY_IMPORT[room] | {room}, path.relative_to(ROOT)


def inner_room(module: Path, top: Path) -> str:
    return "/".join(module.relative_to(top).parts[:-1])


def inner_imports(path: Path, top: str) -> set[str]:
    """The inner rooms of the top room `top` from which a file imports a module or a name."""
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] == top:
            for alias in node.names:
                module = ROOT / node.module.replace(".", "/")
                named = module / f"{alias.name}.py" if module.is_dir() else module
                rooms.add(inner_room(named, ROOT / top))
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names if alias.name.partition(".")[0] == top]
            rooms |= {inner_room(ROOT / name.replace(".", "/"), ROOT / top) for name in names}
    return rooms


@pytest.mark.parametrize("top", INNER)
def test_an_inner_room_imports_only_what_it_may(top: str) -> None:
    table = INNER[top]
    rooms = {inner_room(path, ROOT / top) for path in (ROOT / top).rglob("*.py") if path.name != "__init__.py"}
    assert rooms == set(table)
    for path in sorted((ROOT / top).rglob("*.py")):
        room = inner_room(path, ROOT / top)
        if path.name != "__init__.py":
            assert inner_imports(path, top) <= table[room] | {room}, path.relative_to(ROOT)


@pytest.mark.parametrize("top", INNER)
def test_no_import_between_inner_rooms_runs_back_up(top: str) -> None:
    """The table is written from the bottom up, so it has no circle."""
    below: set[str] = set()
    for room, may in INNER[top].items():
        assert may <= below, room
        below.add(room)


@pytest.mark.parametrize("top", INNER)
def test_no_folder_holds_more_modules_than_a_reader_takes_in(top: str) -> None:
    for folder in [ROOT / top, *(path for path in (ROOT / top).rglob("*") if path.is_dir())]:
        modules = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
        assert len(modules) <= MOST_MODULES, folder.relative_to(ROOT)


def test_every_room_stands_in_the_table() -> None:
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"benchmarks"}
    assert rooms == set(MAY_IMPORT)


def test_the_list_of_tasks_imports_neither_boto3_nor_fabric() -> None:
    script = (
        "import sys, tasks; sys.exit(bool({'boto3', 'botocore', 'fabric', 'paramiko', 'pydantic'} & set(sys.modules)))"
    )
    import subprocess
    import sys

    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 0


def test_no_file_is_too_long_for_a_reader() -> None:
    long = {str(p.relative_to(ROOT)): n for room in MAY_IMPORT for p in (ROOT / room).rglob("*.py")
            if (n := len(p.read_text().splitlines())) > 300}  # fmt: skip
    assert long == {}


def test_what_tests_share_is_in_tests_support() -> None:
    """Fixtures of several rooms in its plugins, everything else in its modules: no file imports a conftest.py."""
    lines = [(path, line) for path in sorted((ROOT / "tests").rglob("*.py")) for line in path.read_text().splitlines()]
    assert [place for place in lines if re.match(r"\s*(from|import) [\w.]*conftest\b", place[1])] == []

"""Environment definitions by name or path."""

from pathlib import Path

from environments.spec.environment import EnvironmentSpec
from environments.spec.placeholders import fill, fill_lines
from kiln import typed, yamlfile
from kiln.definitions import Kind, is_path
from kiln.errors import UserError

HERE = Path(__file__).parent.parent
REFERENCE = "environments/reference.yaml"


def load(name: str) -> EnvironmentSpec:
    """Load the definition of that name or path; raises Problem or UserError.

    A launch template named by a path is looked for beside the definition.
    """
    path = KIND.path_of(name)
    data, lines = yamlfile.read(path, REFERENCE)
    lines = yamlfile.Lines(fill_lines(lines, data), fill_lines(lines.texts, data))
    data = fill(data)
    spec = yamlfile.validate(data, EnvironmentSpec, str(path), lines, REFERENCE)
    if is_path(name):
        typed.note_path("env", spec.name, name)
    if is_path(spec.launch_template):
        return spec.model_copy(update={"launch_template": str(path.parent / spec.launch_template)})
    return spec


def find(name: str) -> EnvironmentSpec | None:
    """Load it, or return None where a name has no usable definition (any more): AWS still has its tags."""
    try:
        return load(name)
    except UserError:
        if is_path(name):
            raise
        return None


def name_of(name: str) -> str:
    """Return the environment's own name: the definition's, or `name` as it is where there is no definition."""
    spec = find(name)
    return spec.name if spec else name


def suggest_registering(name: str) -> str:
    """Say how an environment is registered; "" for a name that has no definition: there is nothing to register."""
    return f"Register it: {typed.command(f'register-env --env {name}')}" if find(name) else ""


KIND = Kind("environment", HERE, load, keys=frozenset(EnvironmentSpec.model_fields))

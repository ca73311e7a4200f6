"""Environment definitions by name or path."""

from pathlib import Path

from environments.spec import EnvironmentSpec
from kiln import yamlfile
from kiln.definitions import Kind

HERE = Path(__file__).parent
REFERENCE = "environments/reference.yaml"


def load(name: str) -> EnvironmentSpec:
    """The definition of that name or path; raises Problem or UserError.

    A launch template named by a path is looked for beside the definition.
    """
    path = KIND.path_of(name)
    data, lines = yamlfile.read(path)
    spec = yamlfile.validate(data, EnvironmentSpec, str(path), lines, REFERENCE)
    if "/" in spec.launch_template or spec.launch_template.endswith((".yaml", ".yml")):
        return spec.model_copy(update={"launch_template": str(path.parent / spec.launch_template)})
    return spec


KIND = Kind("environment", HERE, load, key="compute_environments")

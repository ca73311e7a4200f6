"""Launch template definitions by name or path."""

from pathlib import Path

from kiln import site, yamlfile
from kiln.definitions import Kind, Sources
from kiln.errors import Problem
from launch_templates import contents
from launch_templates.spec import LaunchTemplateSpec

HERE = Path(__file__).parent
REFERENCE = "launch_templates/reference.yaml"


def load(name: str) -> LaunchTemplateSpec:
    """The definition of that name or path, the site's mirrors below it; raises Problem or UserError.

    What its parts of user data must never do is refused here, before anything is planned.
    """
    path = KIND.path_of(name)
    data, lines = yamlfile.read(path, REFERENCE)
    mirrors = {key: value for key, value in site.load_defaults().items() if key == "downloads"}
    spec = yamlfile.validate(site.under(mirrors, data), LaunchTemplateSpec, str(path), lines, REFERENCE)
    loaded = _load_sources(spec, path)
    contents.refuse(loaded)
    return loaded


def _load_sources(spec: LaunchTemplateSpec, path: Path) -> LaunchTemplateSpec:
    """The definition with the content of the local files that it names (relative to its own folder)."""
    sources = Sources(path, REFERENCE)
    try:
        loaded = {
            "files": spec.files.loaded(sources.read),
            "scripts": spec.scripts.loaded(sources.read),
            "user_data": tuple(part.loaded(sources.read) for part in spec.user_data),
        }
    except UnicodeDecodeError as error:
        raise Problem(str(path), [f"user_data: a source is not UTF-8 text ({error.reason})"], REFERENCE) from None
    sources.check()
    return spec.model_copy(update=loaded)


KIND = Kind("launch template", HERE, load, key="task_credentials")

"""Launch template definitions by name or path."""

from collections.abc import Callable
from pathlib import Path

from cloud.machine_images import Family
from kiln import site, typed, yamlfile
from kiln.definitions import Kind, Sources, is_path
from kiln.errors import Problem, UserError
from launch_templates import rules
from launch_templates.spec import LaunchTemplateSpec
from provision.model.downloads import FileName, Mirror
from userdata import refusals

HERE = Path(__file__).parent
REFERENCE = "launch_templates/reference.yaml"


def load(name: str) -> LaunchTemplateSpec:
    """The definition of that name or path, the site's mirrors below it; raises Problem or UserError.

    What its parts of user data must never do is refused here, before anything is planned.
    """
    spec, path = _read(name)
    refusals.refuse(rules.examine(spec), str(path), REFERENCE)
    return spec


def check(name: str, find_image_family: Callable[[str], Family | None]) -> tuple[UserError, ...]:
    """Load it and refuse all that needs no account to be refused; returns warnings.

    `find_image_family` tells the family of base images behind the name of an image, by its definition.
    """
    spec, path = _read(name)
    family = rules.find_family(spec) or (find_image_family(spec.image) if spec.image else None)
    findings = (*rules.find_impossible_parts(spec, family), *rules.examine(spec, family))
    refusals.refuse(findings, str(path), REFERENCE)
    return refusals.list_warnings(findings)


def _read(name: str) -> tuple[LaunchTemplateSpec, Path]:
    path = KIND.path_of(name)
    data, lines = yamlfile.read(path, REFERENCE)
    defaults = site.load_defaults(downloads=dict[FileName, Mirror])
    mirrors = {key: value for key, value in defaults.items() if key == "downloads"}
    spec = yamlfile.validate(site.under(mirrors, data), LaunchTemplateSpec, str(path), lines, REFERENCE)
    if is_path(name):
        typed.note_path("template", spec.name, name)
    return _load_sources(spec, path), path


def _load_sources(spec: LaunchTemplateSpec, path: Path) -> LaunchTemplateSpec:
    """The definition with the content of the local files that it names (relative to its own folder)."""
    sources = Sources(path, REFERENCE)
    try:
        loaded = {
            "files": spec.files.loaded(sources.read),
            "scripts": spec.scripts.loaded(sources.read),
            "user_data": tuple(part.loaded(sources.read) for part in spec.user_data),
        }
    except ValueError as error:
        raise Problem(str(path), [str(error)], REFERENCE) from None
    sources.check()
    return spec.model_copy(update=loaded)


KIND = Kind("launch template", HERE, load, keys=frozenset(LaunchTemplateSpec.model_fields))

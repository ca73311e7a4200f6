"""Image definitions by name or path."""

from pathlib import Path

from images.spec import rules
from images.spec.builder import Builder
from images.spec.image import ImageSpec
from kiln import site, typed, yamlfile
from kiln.definitions import Kind, Sources, is_path
from kiln.errors import UserError
from provision.model.downloads import FileName, Mirror
from provision.model.recipe import Family
from userdata import refusals

HERE = Path(__file__).parent.parent
REFERENCE = "images/reference.yaml"


def load(name: str) -> ImageSpec:
    """The definition of that name or path, the site's settings below it; raises Problem or UserError.

    What cannot be built, and what its scripts and files must never do, is refused here.
    """
    spec, path = _read(name)
    refusals.refuse(rules.examine(spec), str(path), REFERENCE)
    return spec


def check(name: str) -> tuple[UserError, ...]:
    """Load it; returns warnings."""
    return refusals.list_warnings(rules.examine(load(name)))


def find_family(name: str) -> Family | None:
    """The family of base images of a definition, as far as it can be read; None else."""
    try:
        return _read(name)[0].family
    except UserError:
        return None


def _read(name: str) -> tuple[ImageSpec, Path]:
    path = KIND.path_of(name)
    data, lines = yamlfile.read(path, REFERENCE)
    defaults = site.load_defaults(builder=Builder, downloads=dict[FileName, Mirror])
    spec = yamlfile.validate(site.under(defaults, data), ImageSpec, str(path), lines, REFERENCE)
    if is_path(name):
        typed.note_path("image", spec.name, name)
    return load_sources(spec, path), path


def load_sources(spec: ImageSpec, path: Path) -> ImageSpec:
    """The definition with the content of the local files that it names (relative to its own folder)."""
    sources = Sources(path, REFERENCE)
    loaded = {"files": spec.files.loaded(sources.read), "scripts": spec.scripts.loaded(sources.read)}
    sources.check()
    return spec.model_copy(update=loaded)


KIND = Kind("image", HERE, load, keys=frozenset(ImageSpec.model_fields), check=check)

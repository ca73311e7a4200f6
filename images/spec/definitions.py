"""Image definitions by name or path."""

from pathlib import Path

from images.spec.image import ImageSpec
from kiln import site, yamlfile
from kiln.definitions import Kind, Sources

HERE = Path(__file__).parent.parent
REFERENCE = "images/reference.yaml"


def load(name: str) -> ImageSpec:
    """The definition of that name or path, the site's settings below it; raises Problem or UserError."""
    path = KIND.path_of(name)
    data, lines = yamlfile.read(path, REFERENCE)
    spec = yamlfile.validate(site.under(site.load_defaults(), data), ImageSpec, str(path), lines, REFERENCE)
    return load_sources(spec, path)


def load_sources(spec: ImageSpec, path: Path) -> ImageSpec:
    """The definition with the content of the local files that it names (relative to its own folder)."""
    sources = Sources(path, REFERENCE)
    loaded = {"files": spec.files.loaded(sources.read), "scripts": spec.scripts.loaded(sources.read)}
    sources.check()
    return spec.model_copy(update=loaded)


KIND = Kind("image", HERE, load, key="base")

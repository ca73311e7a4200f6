"""Image definitions by name or path."""

from pathlib import Path

from images.spec import ImageSpec
from kiln import site, yamlfile
from kiln.errors import Problem, UserError

HERE = Path(__file__).parent


def path_of(name: str) -> Path:
    """`nextflow-al2023` → images/nextflow-al2023.yaml; a path is taken as it is. Raises UserError for neither."""
    if name.endswith((".yaml", ".yml")) or "/" in name:
        path = Path(name)
    else:
        path = HERE / f"{name}.yaml"
    if not path.is_file():
        shipped = ", ".join(sorted(each.stem for each in HERE.glob("*.yaml")))
        raise UserError(
            f"there is no image definition {name}", f"{path} does not exist", f"Known: {shipped}; or give a path."
        )
    return path


def load(name: str) -> ImageSpec:
    """The definition of that name or path, the site's settings below it; raises Problem or UserError."""
    path = path_of(name)
    data, lines = yamlfile.read(path)
    spec = yamlfile.validate(site.under(site.defaults(), data), ImageSpec, str(path), lines)
    return with_sources(spec, path)


def with_sources(spec: ImageSpec, path: Path) -> ImageSpec:
    """The definition with the content of the local files that it names (relative to its own folder)."""
    problems: list[str] = []

    def read(source: str) -> bytes:
        try:
            return (path.parent / source).read_bytes()
        except OSError as error:
            problems.append(f"{source}: {error.strerror}")
            return b""

    loaded = spec.model_copy(update={"files": spec.files.loaded(read), "scripts": spec.scripts.loaded(read)})
    if problems:
        raise Problem(str(path), problems)
    return loaded


def validate_all(paths: tuple[str, ...]) -> tuple[list[Path], list[UserError]]:
    """Every YAML under `paths` (files or folders; default: what Kiln ships) and what is wrong with them."""
    found: list[Path] = []
    errors: list[UserError] = []
    for each in [Path(path) for path in paths] or [HERE]:
        if each.is_dir():
            found += sorted(p for pattern in ("*.yaml", "*.yml") for p in each.glob(pattern))
        else:
            found.append(each)
    for path in found:
        try:
            load(str(path) if "/" in str(path) else f"./{path}")
        except UserError as error:
            errors.append(error)
    return found, errors

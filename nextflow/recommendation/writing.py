"""Writes a recommendation into an environment's definition and Nextflow's configuration; the difference comes first."""

import difflib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cloud.session import Cloud
from environments.spec import definitions
from environments.spec.environment import EnvironmentSpec
from kiln import atomic
from kiln.errors import UserError
from nextflow.config.places import list_places
from nextflow.config.rungs import climb
from nextflow.config.write import configure, look_at_machines
from nextflow.recommendation.definition import choose_types, write_definition
from nextflow.recommendation.recommend import Recommendation

ROUNDS = 4  # in which types are chosen until the queues of attempts stay as they are


@dataclass(frozen=True)
class Change:
    """A file as it is ("" where it is not there) and as it should be."""

    path: Path
    before: str
    after: str

    def diff(self) -> str:
        """Write the difference as `diff -u` does; "" where there is none."""
        lines = difflib.unified_diff(
            self.before.splitlines(), self.after.splitlines(), str(self.path), str(self.path), lineterm=""
        )
        return "\n".join(lines)


def plan(
    cloud: Cloud, env: str, spec: EnvironmentSpec, advised: Recommendation, config: str, max_vcpus: int
) -> tuple[Change, ...]:
    """Plan what is written: the definition `env`, and Nextflow's configuration into the file `config`.

    Which queues attempts go through follows from the machines: with the new ones it may be others, so that these are
    chosen again. Raises UserError for files that cannot be read or edited, and as `nextflow-config` does.
    """
    definition, configuration = definitions.KIND.path_of(env), Path(config or f"{spec.name}.config")
    before = after = _read(definition)
    planned = spec
    for _ in range(ROUNDS):
        machines = look_at_machines(cloud, planned)
        places = list_places(planned, machines.known, machines.registered)
        types = choose_types(spec, climb(places, spec.nextflow.queues), advised)
        last, after = after, write_definition(before, spec, types, advised, max_vcpus)
        if after == last:
            break
        planned = _load(definition, after)
    text = configure(cloud, planned, advised.advice)
    changes = (Change(definition, before, after), Change(configuration, _read(configuration), text))
    return tuple(change for change in changes if change.before != change.after)


def write(changes: Sequence[Change]) -> list[str]:
    """Write the files; their names. Raises UserError where one cannot be written: then all are as they were."""
    for number, change in enumerate(changes):
        try:
            atomic.write(change.path, change.after)
        except OSError as error:
            for done in changes[:number]:
                _restore(done)
            raise UserError(
                f"{change.path} cannot be written",
                error.strerror or str(error),
                "Name a path that can be: --env, --config. Nothing was changed.",
            ) from None
    return [str(change.path) for change in changes]


def _restore(change: Change) -> None:
    if change.before:
        atomic.write(change.path, change.before)
    else:
        change.path.unlink()


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path} cannot be read", str(error), "Name another file: --config FILE.") from None


def _load(path: Path, text: str) -> EnvironmentSpec:
    """Load the definition as it will be, before it is: what was edited must still be a definition."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        copy.write_bytes(text.encode())
        spec = definitions.load(str(copy))
    template = definitions.load(str(path)).launch_template
    return spec.model_copy(update={"launch_template": template})

"""Print what share of a sample of mutants the nearest tests kill, and which survive.

    make mutants OF=e6ff33b     # the sample of that commit, in the tree as it is now

A mutant is one small change to the product: `<` becomes `<=`, a number grows by one, `not` is added. The sample is
drawn from a commit's files by SEED, so it is the same today and tomorrow. Each mutant is sought in the tree by the text
of its line, wherever that line has moved to; a line that is no longer there is counted as gone.
"""

import argparse
import itertools
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from scripts.mutation import population, trial
from scripts.mutation.mutant import Mutant
from scripts.mutation.nearest import Nearest

SEED, SIZE = 20_260_311, 300
ROOMS = ("kiln", "cloud", "provision", "environments")


def sample(commit: str, size: int) -> list[Mutant]:
    """One mutant for each place in a commit's files and each family of operators; `size` of those, as SEED has it."""
    listed = _git("ls-tree", "-r", "--name-only", commit, *ROOMS).split()
    texts = {path: _git("show", f"{commit}:{path}") for path in listed if path.endswith(".py")}
    places: dict[tuple[str, int, int, str], list[Mutant]] = {}
    for path in (path for path, text in texts.items() if _counts(path, text)):
        for mutant in population.of(path, texts[path]):
            places.setdefault(mutant.place, []).append(mutant)
    chance = random.Random(SEED)  # noqa: S311  # a sample, no secret
    chosen = [chance.choice(places[place]) for place in sorted(places)]
    chance.shuffle(chosen)
    programs = (mutant for mutant in chosen if population.compiles(mutant, texts[mutant.path]))
    return list(itertools.islice(programs, size))


def _counts(path: str, text: str) -> bool:
    """Whether a file is sampled: of environments/ only what neither calls AWS nor writes to a screen."""
    effects = ("cloud.session", "from cloud import", "kiln.screen", "boto")
    return not path.startswith("environments/") or not any(effect in text for effect in effects)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("commit", help="the commit whose files the sample is drawn from")
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument("--only", default="", help="numbers of the sample's mutants, with commas: those alone")
    options = parser.parse_args()
    only = {int(number) for number in options.only.split(",") if number}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        _copy(root)
        product = {path: (root / path).read_text() for path in _tracked() if path.endswith(".py")}
        outcomes = _try_all(root, product, sample(options.commit, options.size), only)
    _print_summary(outcomes)
    return 0


def _try_all(root: Path, product: Mapping[str, str], mutants: list[Mutant], only: set[int]) -> list[tuple[Mutant, str]]:
    others = ("tests/", "sandbox/", "scripts/", "benchmarks/")
    tree = population.Tree({path: text for path, text in product.items() if not path.startswith(others)})
    nearest, limits, outcomes = Nearest(product), trial.Limits(root), []
    for number, mutant in enumerate(mutants, 1):
        if only and number not in only:
            continue
        began, here = time.monotonic(), tree.find(mutant)
        if here is None:
            outcomes.append((mutant, "gone"))
        else:
            outcome = trial.run(root, here, limits, nearest.to(here.path))
            outcomes.append((population.changed(here, product[here.path]), outcome))
        shown, outcome = outcomes[-1]
        took = time.monotonic() - began
        print(f"{number:3} {outcome:8} {took:4.0f} s  {shown.path}:{shown.line}  {shown.shown}", flush=True)
    return outcomes


def _print_summary(outcomes: list[tuple[Mutant, str]]) -> None:
    for room in (*ROOMS, ""):
        count = Counter(outcome for mutant, outcome in outcomes if mutant.path.startswith(room))
        tried = sum(count.values()) - count["gone"]
        killed = count["killed"] + count["too long"]
        share = f"{100 * killed / tried:.1f} %" if tried else "-"
        print(f"{room or 'all':<14} tried {tried:3}  killed {killed:3}  {share:>7}  gone {count['gone']}")
    print("\nsurvivors:")
    for mutant, outcome in sorted(outcomes, key=lambda pair: (pair[0].path, pair[0].line)):
        if outcome == "survived":
            print(f"{mutant.path}:{mutant.line} {mutant.operator}\n  - {mutant.text}\n  + {mutant.mutated}")


def _tracked() -> list[str]:
    return _git("ls-files").split("\n")[:-1]


def _copy(root: Path) -> None:
    """The working tree's tracked files, so that nothing here changes under an editor."""
    for path in _tracked():
        if Path(path).is_file():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(Path(path).read_bytes())
            os.chmod(root / path, Path(path).stat().st_mode)


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    sys.exit(main())

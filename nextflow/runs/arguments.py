"""What stands behind `--`, and the command of the head job that is made with it (pure).

Source: `nextflow run`, Nextflow documentation, "Command line".
"""

import sys
from collections.abc import Sequence

from kiln.errors import UserError
from nextflow.runs.pipeline import Pipeline

AWSBATCH = "awsbatch"  # the profile of the configuration that Kiln writes
_OURS = {
    "-resume": "it decides which cache and work folder a run has: name the run with --resume NAME",
    "-name": "the run's name is given with --name NAME",
    "-w": "the work folder is given with --work s3://…", "-work-dir": "the work folder is given with --work s3://…",
    "-bg": "the head job would end at once, and its tasks with it",
    "-with-cloudcache": "the run has a cache of its own",
    "-params-file": "the head has no files of this computer: give it with --params FILE",
    "-r": "the revision is given with --revision R", "-revision": "the revision is given with --revision R",
    "-profile": "profiles are given with --profile P",
}  # fmt: skip


def read_behind_dashes(argv: Sequence[str] | None = None) -> tuple[str, ...]:
    """Read the words behind the first `--` of a command line, each as it was typed; `argv` defaults to this process's.

    invoke itself keeps them as a single text, in which blanks of a word are those between words.
    """
    line = list(sys.argv if argv is None else argv)
    return tuple(line[line.index("--") + 1 :]) if "--" in line else ()


def check(words: Sequence[str]) -> None:
    """Raise UserError for an option of Nextflow's that Kiln itself gives."""
    for word in words:
        option = word.partition("=")[0]
        if option in _OURS:
            raise UserError(f"{option} cannot stand behind --", _OURS[option], "See invoke --help run.")
        if not word:
            raise UserError(
                "a word behind -- is empty", "AWS Batch refuses commands with an empty word",
                "Give the empty value in a file: --params FILE.",
            )  # fmt: skip
        if "\0" in word:
            raise UserError("a word behind -- holds a zero byte", "no program can be given such a word")


def make_command(
    pipeline: Pipeline, project: str, *, revision: str, profile: str, output: tuple[str, str], words: Sequence[str]
) -> list[str]:  # fmt: skip
    """Make the words of the head's command: the project, then arguments of `nextflow run`.

    `output` is a parameter's name and the address that it takes, ("", "") for none. Words behind `--` come last,
    unchanged: what is given there beats what Kiln gives.
    """
    given = [name.strip() for name in profile.split(",") if name.strip()]
    profiles = given if AWSBATCH in given else [*given, AWSBATCH]
    command = [project, "-profile", ",".join(profiles)]
    command += ["-r", revision] if revision and pipeline.kind == "git" else []
    name, address = output
    command += [f"--{name}", address] if name and address else []
    return [*command, *words]


def find_output(words: Sequence[str], names: Sequence[str]) -> str:
    """Find the address that the words behind `--` give to one of the parameters; "" for none."""
    for place, word in enumerate(words):
        option, equals, value = word.partition("=")
        if option.lstrip("-") in names and option.startswith("--"):
            value = value if equals else next(iter(words[place + 1 :]), "")
            if value.startswith("s3://"):
                return value
    return ""

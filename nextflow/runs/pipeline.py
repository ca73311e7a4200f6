"""PIPELINE as a person names it: a folder of this computer, a folder in S3, or a repository (pure but for the folder).

Sources: "Pipeline sharing" and "Configuration" (manifest.mainScript), Nextflow documentation.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kiln.errors import UserError
from kiln.files.paths import read_path
from nextflow.runs import repositories

_S3 = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?")
_SCRIPT = re.compile(r"mainScript\s*=\s*['\"]([^'\"]+)['\"]")
_TEXT = r"'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\""
_COMMENT = re.compile(rf"({_TEXT})|//[^\n]*|/\*.*?\*/", re.DOTALL)
_IN_MANIFEST = re.compile(rf"manifest\s*(?:\{{(?P<block>(?>(?:{_TEXT}|[^{{}}])*))\}}|\.(?P<line>[^\n]*))")
_PARAMS = re.compile(r"\bparams\s*\{")
OUTPUTS = ("outdir", "outputDir", "output_dir", "outDir", "output", "publishDir", "publish_dir", "results")


@dataclass(frozen=True)
class Pipeline:
    """`named` is what the person typed; of a folder `path` is where it lies."""

    kind: Literal["folder", "s3", "git"]
    named: str
    path: Path | None = None

    @property
    def address(self) -> str:
        """What it is called in the run's record: of a folder its whole path."""
        return str(self.path.resolve()) if self.path else self.named


def read(named: str, revision: str = "") -> Pipeline:
    """Read what a person typed; raises UserError for what is no pipeline, and for the revision of a folder."""
    if named.startswith("s3://"):
        if not _S3.fullmatch(named):
            raise UserError(f"{named} is no address in S3", "it is s3://BUCKET/FOLDER", "Check the bucket's name.")
        pipeline = Pipeline("s3", named.rstrip("/"))
    elif "://" not in named and ((path := read_path(named, "the pipeline")).exists() or _looks_local(named)):
        pipeline = Pipeline("folder", named, _check_folder(path, named))
    else:
        _check_revision(revision)
        return Pipeline("git", repositories.read(named))
    if revision:
        raise UserError(
            f"--revision {revision} cannot be had of {named}",
            "revisions are branches, tags and commits of a repository; a folder is taken as it is",
            "Leave --revision out, or name the repository.",
        )
    return pipeline


def _check_revision(revision: str) -> None:
    if revision.startswith("-") or revision != "".join(revision.split()):
        raise UserError(
            f"--revision {revision!r} is none", "a branch, tag or commit has no blanks, and no - at its begin",
            "Try --revision main.",
        )  # fmt: skip


def _looks_local(named: str) -> bool:
    return named.startswith((".", "/", "~")) or named.endswith((".nf", "/"))


def _check_folder(path: Path, named: str) -> Path:
    if path.is_dir():
        return path
    if path.exists():
        raise UserError(
            f"{named} is a file", "a pipeline is the whole folder of its script: modules, bin/, nextflow.config",
            f"Try {path.parent}; for another script than main.nf: -- -main-script {path.name}",
        )  # fmt: skip
    raise UserError(f"there is no folder {named}", f"it would be {path.absolute()}", "Check the path.")


def find_main_script(config: str, arguments: tuple[str, ...] = ()) -> str:
    """Find the name of the script that Nextflow runs: -main-script's, the manifest's in nextflow.config, or main.nf."""
    if "-main-script" in arguments[:-1]:
        return arguments[arguments.index("-main-script") + 1]
    for part in _IN_MANIFEST.finditer(_COMMENT.sub(lambda match: match[1] or " ", config)):
        if script := _SCRIPT.search(part["block"] or part["line"] or ""):
            return script[1]
    return "main.nf"


def refuse_without_script(named: str, script: str) -> UserError:
    """Make the error for a project that lacks its script."""
    return UserError(
        f"{named} is no project of Nextflow's", f"it has no {script}",
        "Name the folder in which the script lies; another one than main.nf: -- -main-script NAME.nf",
    )  # fmt: skip


def find_output_parameter(texts: Mapping[str, str]) -> str:
    """Find the parameter that names the folder of the results, in a project's files (name → text); "" where none has.

    nf-core calls it outdir; pipelines of one's own call it as they like.
    """
    text = "\n".join(texts.values())
    blocks = "\n".join(_list_params_blocks(text))
    for name in OUTPUTS:
        if re.search(rf"\bparams\.{name}\b|\"{name}\"\s*:", text):
            return name
        if re.search(rf"(^|[\s;{{]){name}\s*[=:](?!=)", blocks):
            return name
    return ""


def _list_params_blocks(text: str) -> Iterator[str]:
    """What stands in blocks `params { … }`, without blocks inside of it; `output:` of a process is no parameter."""
    at = 0
    while begin := _PARAMS.search(text, at):
        depth, at, inside = 1, begin.end(), []
        while depth and at < len(text):
            depth += (text[at] == "{") - (text[at] == "}")
            inside += [text[at]] if depth == 1 else []
            at += 1
        yield "".join(inside)

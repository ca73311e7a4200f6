"""What a person typed for a run, and what a run that goes on takes over (pure)."""

import re
from dataclasses import dataclass, replace

from kiln.errors import UserError
from nextflow.runs import arguments, pipeline
from nextflow.runs.pipeline import Pipeline
from nextflow.runs.places import split
from nextflow.runs.record import RunRecord

_ODD = re.compile(r"[\[\]\s\"\\$`']")  # what nextflow/entrypoint/settings.sh refuses

_BUCKET = re.compile(r"[A-Za-z0-9._-]{3,255}")


@dataclass(frozen=True)
class Asked:
    """What a person typed; "" for what was not."""

    pipeline: str
    env: str = "genomics"
    name: str = ""
    resume: str = ""
    revision: str = ""
    params: str = ""
    profile: str = ""
    output: str = ""
    work: str = ""
    words: tuple[str, ...] = ()


def check_text(asked: Asked, named: Pipeline) -> None:
    """Raise UserError for a text that is not UTF-8: the record and the head's command are JSON."""
    texts = {"the pipeline": named.address, "--revision": asked.revision, "--profile": asked.profile,
             "--output": asked.output, "--work": asked.work}  # fmt: skip
    for what, text in (*texts.items(), *(("a word behind --", word) for word in asked.words)):
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise UserError(
                f"{what} is not UTF-8", f"its character {error.start + 1} is none; S3 and AWS Batch take no such text",
                "Give files and folders names in UTF-8; other bytes travel in a file in S3.",
            ) from None  # fmt: skip


def check_address(option: str, address: str) -> None:
    if not address:
        return
    if option == "--work" and (odd := _ODD.search(address)):
        raise UserError(
            f"--work {address} holds {odd[0]!r}", "a head takes a folder without blanks, quotes, brackets and $",
            "Give the folder another name.",
        )  # fmt: skip
    if not (address.startswith("s3://") and _BUCKET.fullmatch(split(address)[0])):
        raise UserError(f"{option} {address} is no address in S3", "tasks on AWS Batch share S3 and nothing else",
                        f"Try {option} s3://BUCKET/FOLDER.")  # fmt: skip


def find_output(asked: Asked, texts: dict[str, str], typed: str) -> tuple[str, str]:
    """Find which parameter takes the folder of the results, and the folder; outdir where no file tells (pure).

    Raises UserError where --output was `typed`, and the words behind -- give another folder.
    """
    name = pipeline.find_output_parameter(texts) or "outdir"
    behind = arguments.find_output(asked.words, (name, *pipeline.OUTPUTS))
    if behind and typed and behind.rstrip("/") != typed.rstrip("/"):
        raise UserError(
            f"--output {typed} and the words behind -- name two folders", f"there it is {behind}",
            "Give one of them; a run that goes on keeps its words where none are given anew.",
        )  # fmt: skip
    return ("", behind) if behind else (name, asked.output.rstrip("/")) if asked.output else ("", "")


def inherit(asked: Asked, named: Pipeline, old: RunRecord) -> Asked:
    """Fill in from the run that goes on what was not given anew (pure); raises UserError for another work folder."""
    if asked.work and asked.work.rstrip("/") != old.work:
        raise UserError(
            f"--work {asked.work} is not the work folder of {old.name}", f"its finished tasks lie in {old.work}",
            "Leave --work out.",
        )  # fmt: skip
    same = old.pipeline == named.address
    return replace(
        asked, revision=asked.revision or (old.revision if same else ""), profile=asked.profile or old.profile,
        output=asked.output or old.output, words=asked.words or old.arguments,
    )  # fmt: skip

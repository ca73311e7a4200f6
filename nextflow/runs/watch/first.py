"""The first run of a pipeline: Nextflow registers a job definition per image then, and may seem to stand still.

The guide of 2019 warns of it: with many samples at once the head stayed at "[warm up]" for ever.
"""

import hashlib
import re
from collections.abc import Mapping

from cloud import errors
from cloud.pages import list_all
from cloud.session import Cloud
from kiln.screen import Screen
from kiln.secrets import masking
from nextflow.runs.places import ROOT

_CONTAINER = re.compile(r"\bcontainer\s*=?\s*['\"]([A-Za-z0-9][\w./:@-]+)['\"]", re.ASCII)
_LOOKED_UP = 20  # images: a call each


def find_images(texts: Mapping[str, str]) -> list[str]:
    """Find the images that a project's texts name outright (pure); those made of variables are left out."""
    return sorted({image for text in texts.values() for image in _CONTAINER.findall(text)})


def name_definition(image: str) -> str:
    """Name the job definition that Nextflow makes for an image (pure)."""
    return "nf-" + re.sub(r"[^A-Za-z0-9_-]+", "-", image)


def list_unregistered(cloud: Cloud, images: list[str]) -> list[str]:
    """List the images that have no ACTIVE job definition of Nextflow's yet."""
    batch = cloud.client("batch")
    return [
        image for image in images[:_LOOKED_UP]
        if not list_all(batch, "describe_job_definitions", "jobDefinitions", jobDefinitionName=name_definition(image),
                        status="ACTIVE")
    ]  # fmt: skip


def _marker(pipeline: str) -> str:
    return f"{ROOT}pipelines/{hashlib.sha256(pipeline.encode()).hexdigest()}"


def warn(cloud: Cloud, bucket: str, pipeline: str, texts: Mapping[str, str]) -> str:
    """Warn of a first run whose job definitions are not registered; "" where there is nothing to warn of."""
    there = errors.or_none(cloud.client("s3").head_object, "404", "NoSuchKey", Bucket=bucket, Key=_marker(pipeline))
    if there is not None:
        return ""
    images = find_images(texts)
    missing = list_unregistered(cloud, images)
    if images and not missing:
        return ""
    pipeline = masking.mask_text(pipeline)
    which = f" ({', '.join(missing[:3])}{' …' if len(missing) > 3 else ''})" if missing else ""
    return (
        f"! this is the first run of {pipeline} here: Nextflow registers a job definition for every image{which}\n"
        "  on many samples at once that can keep it at [warm up]: give it a single sample first, or register them\n"
        "  beforehand with the small jobs of -- -stub-run"
    )


def note(cloud: Cloud, bucket: str, pipeline: str, screen: Screen) -> None:
    """Note that the pipeline was run here; where that fails the run goes on all the same."""
    try:
        cloud.client("s3").put_object(Bucket=bucket, Key=_marker(pipeline), Body=pipeline.encode())
    except Exception as error:
        refused = errors.translate(error)
        if refused is None:
            raise
        screen.say(f"! the next run of this pipeline will be taken for its first again: {refused.what}")

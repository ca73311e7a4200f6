"""Offers of a region, from wherever they are to be had: kept here and new enough, AWS, kept here however old."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cloud.errors import translate
from cloud.session import Cloud
from kiln.errors import UserError
from nextflow.prices import asking, kept
from nextflow.prices.offers import Offers
from nextflow.prices.recorded import list_recorded

NEW = timedelta(days=7)
NOWHERE = "us-east-1"  # whose figures are taken where no region is set


def load(
    region: str | None, names: Sequence[str], show: Callable[[str], None] = lambda _: None, now: datetime | None = None
) -> Offers:  # fmt: skip
    """Load the offers of these families.

    AWS is asked where nothing of the last week is kept. Without credentials or a network, what is kept counts however
    old it is, and then recorded types without prices: `why` says so. Raises UserError for a region that is none.
    """
    try:
        cloud = Cloud(region)
    except UserError as error:
        if region:
            raise
        return _fall_back(NOWHERE, names, f"{error.what}: {NOWHERE} was taken")
    old = kept.read(cloud.region)
    if old and old.asked and old.has(names) and old.asked + NEW > (now or datetime.now(UTC)):
        return old
    try:
        new = asking.ask(cloud, names, show)
    except Exception as error:
        words = translate(error)
        if words is None:
            raise
        return _fall_back(cloud.region, names, f"AWS could not be asked: {words.what}")
    if not new.types:
        return _fall_back(cloud.region, names, new.why or f"{cloud.region} has no {', '.join(names)}")
    if not new.why:
        kept.write(kept.merge(new, old))
    lacking = [name for name in names if not new.has([name])]
    return replace(new, why=new.why or f"{cloud.region} has no {', '.join(lacking)}") if lacking else new


def _fall_back(region: str, names: Sequence[str], why: str) -> Offers:
    old = kept.read(region)
    if old and old.has(names):
        return replace(old, why=why)
    return list_recorded(region, why)

"""Offers as they are kept on this computer, with the date. Losing them costs a few calls and nothing else."""

import dataclasses
import hashlib
import json
import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from environments.machines.instance_types import InstanceType
from kiln import atomic, cache
from nextflow.prices.offers import Offers


def find_path(region: str) -> Path:
    """Find the file of a region; another endpoint's (an offline AWS, say) are another file."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
    mark = f"-{hashlib.sha256(endpoint.encode()).hexdigest()[:8]}" if endpoint else ""
    return cache.find_folder() / f"prices-{region}{mark}.json"


def read(region: str) -> Offers | None:
    """Read what is kept of a region; None where nothing is, or it cannot be read."""
    with suppress(OSError, ValueError, KeyError, TypeError, RuntimeError, AttributeError):
        return _read(json.loads(find_path(region).read_text()))
    return None


def write(offers: Offers) -> None:
    """Keep offers, where the folder can be written."""
    with suppress(OSError, RuntimeError):
        atomic.write(find_path(offers.region), json.dumps(dataclasses.asdict(offers), default=str), mode=0o600)


def merge(new: Offers, old: Offers | None) -> Offers:
    """Add to new offers the families of the old ones that were not asked for; the older date counts."""
    if old is None or old.asked is None or new.asked is None or not set(old.types) - set(new.types):
        return new
    return dataclasses.replace(
        new,
        asked=min(old.asked, new.asked),
        types={**old.types, **new.types},
        on_demand={**old.on_demand, **new.on_demand},
        spot={**old.spot, **new.spot},
    )


def _read(document: dict[str, Any]) -> Offers:
    types = {
        name: InstanceType(
            kind["name"], kind["vcpus"], kind["memory"], tuple(kind["archs"]), kind["gpus"], kind["stores"]
        )
        for name, kind in document["types"].items()
    }
    return Offers(
        region=str(document["region"]),
        asked=datetime.fromisoformat(document["asked"]),
        types=types,
        on_demand={name: float(price) for name, price in document["on_demand"].items()},
        spot={name: float(price) for name, price in document["spot"].items()},
        registered={name: int(memory) for name, memory in document["registered"].items()},
        why=str(document["why"]),
    )

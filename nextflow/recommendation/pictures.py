"""The picture of a recommendation, written into a file."""

from pathlib import Path

from kiln import atomic, words
from kiln.errors import UserError
from nextflow.picture.draw import Amount, Row, draw
from nextflow.recommendation.names import shorten
from nextflow.recommendation.recommend import Asks
from nextflow.sizing.asks import MIB


def write_picture(path: Path, sized: Asks) -> Path:
    """Write the picture as SVG. Raises UserError for a file of another kind, or that cannot be written."""
    if path.suffix.lower() != ".svg":
        raise UserError(f"{path} is no picture that Kiln draws", "it draws SVG alone", "Try --picture sizing.svg.")
    names = shorten([usage.process for usage in sized.usages])
    rows = [
        Row(
            names[usage.process],
            usage.tasks,
            Amount(usage.memory, usage.memory_asked, None if ask.memory is None else float(ask.memory * MIB)),
            Amount(usage.time, usage.time_asked, ask.time),
        )
        for usage, ask in zip(sized.usages, sized.asks, strict=True)
    ]
    title = f"What {words.count(sized.tasks, 'task')} used, asked for, and should ask for"
    try:
        return atomic.write(path, draw(title, rows, sized.percent))
    except OSError as error:
        raise UserError(
            f"{path} cannot be written", error.strerror or str(error), "Name another file: --picture FILE."
        ) from None

"""Print how often words that hide what they hold stand in 1,000 lines of the product's code, room by room.

    python -m scripts.count_words

A whole word counts, in prose and in names (`each_row`, `FOUND`), whatever its case.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

WORDS = ("each", "found", "wanted", "one", "said", "told")
MOST = 90  # in 1,000 lines of all product code
ROOT = Path(__file__).parent.parent
_WORD = re.compile(rf"(?<![A-Za-z0-9])({'|'.join(WORDS)})(?![A-Za-z0-9])", re.IGNORECASE)
_NO_PRODUCT = {"tests", "benchmarks", "scripts"}


@dataclass(frozen=True)
class Count:
    lines: int
    words: Counter[str]

    @property
    def rate(self) -> float:
        """Words in 1,000 lines."""
        return 1000 * self.words.total() / self.lines if self.lines else 0.0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.lines + other.lines, self.words + other.words)


def rooms(root: Path = ROOT) -> dict[str, Count]:
    """Of each room of the product, by name, and of the files beside the rooms ("")."""
    folders = sorted(path.parent for path in root.glob("*/__init__.py") if path.parent.name not in _NO_PRODUCT)
    counted = {folder.name: count_in(sorted(folder.rglob("*.py"))) for folder in folders}
    return counted | {"": count_in(sorted(root.glob("*.py")))}


def count_in(files: Iterable[Path]) -> Count:
    texts = [file.read_text() for file in files]
    words = Counter(match.lower() for text in texts for match in _WORD.findall(text))
    return Count(sum(len(text.splitlines()) for text in texts), words)


def of_product(counted: dict[str, Count]) -> Count:
    """Of all rooms but the sandbox, which is no part of the product."""
    return sum((count for room, count in counted.items() if room != "sandbox"), Count(0, Counter()))


def main() -> None:
    counted = rooms()
    rows = {room or "beside the rooms": count for room, count in counted.items() if room != "sandbox"}
    rows |= {"all product code": of_product(counted), "sandbox": counted["sandbox"]}
    print(f"{'':<18}{'lines':>7}" + "".join(f"{word:>8}" for word in WORDS) + f"{'in 1,000':>10}")
    for name, count in rows.items():
        print(
            f"{name:<18}{count.lines:>7}"
            + "".join(f"{count.words[word]:>8}" for word in WORDS)
            + f"{count.rate:>10.0f}"
        )


if __name__ == "__main__":
    main()

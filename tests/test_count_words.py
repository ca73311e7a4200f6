"""How often words that hide what they hold stand in the product's code."""

from collections import Counter
from pathlib import Path

from scripts.count_words import MOST, Count, count_in, of_product, rooms


def test_whole_words_and_parts_of_names_count(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("# Each one, and someone foundation.\neach_row = FOUND_2 = told\nteach = reached = wanted\n\n")
    assert count_in([file]) == Count(4, Counter(each=2, one=1, found=1, told=1, wanted=1))
    assert count_in([file]).rate == 1500


def test_rooms_are_those_of_the_tree(tmp_path: Path) -> None:
    for room in ("kiln", "sandbox", "tests", "benchmarks"):
        (tmp_path / room / "inner").mkdir(parents=True)
        (tmp_path / room / "__init__.py").write_text("")
        (tmp_path / room / "inner" / "a.py").write_text("each\n")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.py").write_text("each\n")
    (tmp_path / "tasks.py").write_text("a\nb\nc\n")
    counted = rooms(tmp_path)
    assert set(counted) == {"kiln", "sandbox", ""}
    assert of_product(counted) == Count(4, Counter(each=1))
    assert {"kiln", "cloud", "images", "environments"} <= set(rooms())


def test_the_product_calls_things_by_their_names() -> None:
    """`for queue in queues`, not `for each in queues`: see CONTRIBUTING, and `make words` for where they stand."""
    assert of_product(rooms()).rate <= MOST, {room: round(count.rate) for room, count in rooms().items()}

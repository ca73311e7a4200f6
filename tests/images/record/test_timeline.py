"""The picture of where the time went."""

from xml.etree import ElementTree

from images.record import timeline
from images.record.report import Span


def test_the_timeline_is_a_picture_with_a_bar_for_each_span() -> None:
    spans = [Span("builder", 0, 10), Span("step <1>", 4, 9, depth=1), Span("image", 10, 12, ok=False)]
    root = ElementTree.fromstring(timeline.draw("a & b", spans))
    bars = [e for e in root.iter("{http://www.w3.org/2000/svg}rect") if e.get("rx")]
    assert len(bars) == 3
    assert bars[2].get("fill") != bars[0].get("fill")
    assert "step <1>" in {e.text for e in root.iter("{http://www.w3.org/2000/svg}text")}


def texts(spans: list[Span]) -> list[str]:
    root = ElementTree.fromstring(timeline.draw("t", spans))
    return [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]


def test_bars_stand_in_the_order_in_which_they_began() -> None:
    shown = texts([Span("later", 5, 6), Span("step", 0, 2, depth=1), Span("stage", 0, 3)])
    assert [text for text in shown if text in {"later", "step", "stage"}] == ["stage", "step", "later"]
    assert "3.0 s" in shown


def test_marks_of_time_are_ten_at_most_and_in_minutes_from_a_minute_on() -> None:
    assert [text for text in texts([Span("a", 0, 50)]) if text.endswith(" s") and "." not in text] == [
        f"{mark} s" for mark in range(0, 51, 5)
    ]
    assert [text for text in texts([Span("a", 0, 590)]) if text.endswith(" min")] == [f"{n} min" for n in range(10)]
    assert texts([]) == ["t", "0 s"]


def test_a_long_name_is_cut() -> None:
    assert "x" * 56 in texts([Span("x" * 56, 0, 1)])
    assert "x" * 55 + "…" in texts([Span("x" * 57, 0, 1)])

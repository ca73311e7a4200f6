import pytest

from nextflow.traces.units import read_bytes, read_instant, read_seconds, read_share


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("13m 44s", 824.0), ("1s", 1.0), ("733ms", 0.733), ("1h 2m 3s", 3723.0), ("1d 2h", 93600.0), ("1.1s", 1.1),
        ("12800", 12.8), ("0", 0.0), ("-", None), ("", None), ("1:02:03", 3723.0), ("2m", 120.0),
        ("2-00:00:01", 172801.0), ("5 millis", 0.005), ("2 min 3 sec", 123.0), ("1 day 2 hours", 93600.0),
        ("1h2m", 3720.0),
    ],
)  # fmt: skip
def test_durations(text: str, seconds: float | None) -> None:
    assert read_seconds(text) == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize("text", ["soon", "1 fortnight", "12 m 3 x", "-5", "3 months", "2 d 5 mystery"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match=r"duration|negative"):
        read_seconds(text)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("2.6 MB", 2726297), ("1 GB", 1 << 30), ("4509696", 4509696), ("0", 0), ("-", None), ("1.5 TB", 1649267441664),
        ("512 B", 512), ("3 KB", 3072), ("8GB", 8 << 30), ("7.45058e9", 7450580000),
    ],
)  # fmt: skip
def test_amounts(text: str, amount: int | None) -> None:
    assert read_bytes(text) == amount


def test_what_is_no_amount() -> None:
    with pytest.raises(ValueError, match="no amount"):
        read_bytes("a lot")


def test_shares() -> None:
    assert [read_share(text) for text in ("98.4%", "1098.4%", "93.2", "0.0%", "-")] == [98.4, 1098.4, 93.2, 0.0, None]


def test_instants() -> None:
    assert read_instant("1719303632650") == 1719303632.65
    assert read_instant("2024-06-25 08:20:32.650") == 1719303632.65
    assert read_instant("2024-06-25 08:20:32") == 1719303632.0
    assert read_instant("-") is None


def test_shares_that_are_no_number() -> None:
    assert read_share("NaN%") is None
    with pytest.raises(ValueError, match=r"'1\.410,0%' is no percentage"):
        read_share("1.410,0%")

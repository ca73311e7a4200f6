"""The axes of the picture."""

from nextflow.picture.scale import SIZES, TIMES, make_scale, name_size, name_time

GIB = 1 << 30


def test_an_axis_holds_all_values_and_goes_up() -> None:
    scale = make_scale([3 * GIB, 0.4 * GIB, 0], SIZES, 100, 200)
    assert (scale.least, scale.most) == (GIB / 4, 4 * GIB)
    xs = [scale.at(value) for value in (0.1 * GIB, 0.4 * GIB, 3 * GIB, 4 * GIB, 90 * GIB)]
    assert xs == sorted(xs)
    assert (xs[0], xs[-1]) == (100, 200)


def test_an_axis_of_nothing_and_of_a_single_value() -> None:
    for values in ([], [0.0], [float(GIB)], [1e20]):
        scale = make_scale(values, SIZES, 0, 10)
        assert scale.least < scale.most
        assert 0 <= scale.at(GIB) <= 10


def test_marks_are_few_and_have_words() -> None:
    scale = make_scale([2e6, 9e13], SIZES, 0, 10)
    assert 2 <= len(scale.marks) <= 9
    assert name_size(scale.marks[0]) == "1 MiB"
    assert [name_time(value) for value in TIMES[:5]] == ["0.1 s", "1 s", "10 s", "1 min", "10 min"]

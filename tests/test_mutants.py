"""Which tests are nearest to a module, of those that scripts/mutants.py runs."""

from scripts.mutation.nearest import Nearest

FILES = {
    "cloud/a.py": "",
    "cloud/b.py": "from cloud import a\n",
    "cloud/c.py": "from cloud.b import x\n",
    "cloud/alone.py": "",
    "tests/cloud/test_a.py": "from tests.support import ways\n",
    "tests/cloud/test_b.py": "from cloud import b\n",
    "tests/cloud/test_c.py": "def test(sandbox): from cloud import b\n",
    "tests/images/test_d.py": "import cloud.alone\n",
    "tests/support/ways.py": "from cloud import a\n",
    "tests/cloud/conftest.py": "from cloud import alone\n",
}


def test_those_of_the_same_name_and_those_with_the_fewest_imports_between() -> None:
    nearest = Nearest(FILES)
    assert nearest.to("cloud/b.py") == ["tests/cloud/test_b.py"]
    assert nearest.to("cloud/a.py") == ["tests/cloud/test_a.py", "tests/cloud/test_b.py"]


def test_all_of_a_small_room_where_none_is_near_and_another_rooms_where_it_has_none() -> None:
    assert Nearest(FILES).to("cloud/alone.py") == [
        "tests/cloud/test_a.py", "tests/cloud/test_b.py", "tests/cloud/test_c.py",
    ]  # fmt: skip
    other = {**FILES, "kiln/e.py": "", "tests/images/test_d.py": "from kiln import e\n"}
    assert Nearest(other).to("kiln/e.py") == ["tests/images/test_d.py"]
    assert Nearest(FILES | {"kiln/e.py": ""}).to("kiln/e.py") == []

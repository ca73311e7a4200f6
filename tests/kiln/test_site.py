"""Settings of a site lie below every definition."""

from pathlib import Path

import pytest

from kiln import site
from kiln.errors import UserError


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "site.yaml"
    monkeypatch.setenv("KILN_SITE", str(path))
    return path


def test_without_a_file_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KILN_SITE", raising=False)
    assert site.load_defaults() == {}


def test_a_file_holds_builder_and_downloads(file: Path) -> None:
    file.write_text("builder: {ssh_from: none}\ndownloads: {}\n")
    assert site.load_defaults() == {"builder": {"ssh_from": "none"}, "downloads": {}}


@pytest.mark.parametrize("text", ["- builder\n", "builder: {}\nname: x\n", "text\n"])
def test_another_file_is_none(file: Path, text: str) -> None:
    file.write_text(text)
    with pytest.raises(UserError, match=r"site\.yaml is not a site file") as caught:
        site.load_defaults()
    assert "builder and downloads" in caught.value.why


def test_a_definition_goes_before_the_site() -> None:
    own = {"name": "x", "builder": {"user": "ada", "connect": None}}
    settings = {"builder": {"user": "kiln", "market": "spot", "connect": {"via": "private"}}, "downloads": {"a": 1}}
    assert site.under(settings, own) == {
        "name": "x",
        "builder": {"user": "ada", "market": "spot", "connect": {"via": "private"}},
        "downloads": {"a": 1},
    }
    assert own == {"name": "x", "builder": {"user": "ada", "connect": None}}


def test_what_is_no_mapping_stays_as_it_is() -> None:
    assert site.under({"builder": {"user": "kiln"}}, ["x"]) == ["x"]
    assert site.under({"builder": {"user": "kiln"}}, {"builder": "text"}) == {"builder": "text"}
    assert site.under({"builder": "text"}, {"builder": {"user": "ada"}}) == {"builder": {"user": "ada"}}

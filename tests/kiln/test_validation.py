"""`invoke validate`: every kind of definition, told apart, all problems at once."""

from pathlib import Path

import pytest

from environments.spec import definitions as environments
from images.spec import definitions as images
from kiln.definitions import Kind, kind_of
from kiln.errors import Exit, UserError
from kiln.validation import load_all, validate
from launch_templates import definitions as launch_templates

KINDS = (images.KIND, launch_templates.KIND, environments.KIND)
IMAGE = "name: x\nbase: {ssm: ecs/al2023}\ndocker_storage: {driver: overlay2}\n"
ENVIRONMENT = "name: e\nimage: x\nlaunch_template: x\ncompute_environments: {}\nqueues: {}\n"
TEMPLATE = "name: small\nimage: x\ntask_credentials: job-role\n"


def test_all_that_kiln_ships_is_good(capsys: pytest.CaptureFixture[str]) -> None:
    shipped = [path for kind in KINDS for path in kind.folder.glob("*.yaml")]
    assert validate((), KINDS) == Exit.DONE
    assert f"{len(shipped)} definitions, {len(shipped)} good, 0 with problems" in capsys.readouterr().out
    assert {path.parent.name for path in shipped} == {"images", "launch_templates", "environments"}


def test_kinds_are_told_apart_by_folder_and_by_content(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(TEMPLATE)
    assert kind_of(path, KINDS) is launch_templates.KIND
    path.write_text(IMAGE)
    assert kind_of(path, KINDS) is images.KIND
    path.write_text(ENVIRONMENT)
    assert kind_of(path, KINDS) is environments.KIND
    elsewhere = tmp_path / "launch_templates" / "a.yaml"
    elsewhere.parent.mkdir()
    elsewhere.write_text(IMAGE)
    assert kind_of(elsewhere, KINDS) is launch_templates.KIND


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (ENVIRONMENT + "task_credentials: job-role\n", environments.KIND),
        ("name: e\nlaunch_template: x\ncompute_enviroments: {}\nqueues: {}\ntask_credentials: x\n", environments.KIND),
        ("name: e\nbuckets: {}\ntask_credentials: job-role\n", environments.KIND),
        ("name: x\nami: ecs/al2023\n", launch_templates.KIND),
        ("name: x\naws_cli: {}\nami: latest\nuser_data: []\n", launch_templates.KIND),
        ("name: x\nbas: {ssm: ecs/al2023}\nbuilder: {}\n", images.KIND),
        ("name: x\naws_cli: {}\n", images.KIND),
    ],
)
def test_keys_that_several_kinds_have_tell_nothing(tmp_path: Path, text: str, kind: Kind) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text)
    assert kind_of(path, KINDS) is kind


def test_problems_of_both_kinds_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.yaml").write_text(IMAGE + "nonsense: 1\n")
    (tmp_path / "b.yaml").write_text(TEMPLATE + "ami: newest\n")
    (tmp_path / "c.yaml").write_text(TEMPLATE)
    (tmp_path / "d.yaml").write_text("- 1\n")
    (tmp_path / "e.yaml").write_text(ENVIRONMENT)
    assert validate((str(tmp_path),), KINDS) == Exit.USER_ERROR
    told = capsys.readouterr()
    assert "5 definitions, 1 good, 4 with problems" in told.out
    assert "line 4, nonsense: unknown key" in told.err
    assert "images/reference.yaml shows every key" in told.err
    assert "line 4, ami: " in told.err
    assert "launch_templates/reference.yaml shows every key" in told.err
    assert "line 4, compute_environments: " in told.err
    assert "environments/reference.yaml shows every key" in told.err


def test_files_are_taken_as_they_are_and_of_a_folder_its_yaml(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "folder"
    folder.mkdir()
    for name in ("b.yaml", "a.yml", "c.txt"):
        (folder / name).write_text(TEMPLATE)
    Path("alone").write_text(TEMPLATE)
    assert load_all(["alone", "folder"], KINDS) == (
        [Path("alone"), Path("folder/a.yml"), Path("folder/b.yaml")], [], [],
    )  # fmt: skip
    found, [error], _ = load_all(["nobodys.yaml"], KINDS)
    assert found == [Path("nobodys.yaml")]
    assert "cannot be read" in error.what
    assert capsys.readouterr() == ("", "")


def test_a_list_is_taken_for_the_first_kind(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("- task_credentials\n")
    assert kind_of(path, KINDS) is images.KIND


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_an_unknown_name_lists_the_known(kind: Kind) -> None:
    with pytest.raises(UserError) as caught:
        kind.path_of("nobodys")
    assert f"there is no {kind.name} definition nobodys" in caught.value.what
    assert "reference" in caught.value.hint
    assert kind.path_of("reference").parent == kind.folder


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_an_empty_definition_points_to_the_reference_of_its_kind(kind: Kind, tmp_path: Path) -> None:
    path = tmp_path / "empty.yaml"
    path.write_text("# nothing yet\n")
    with pytest.raises(UserError, match="is empty") as caught:
        kind.load(str(path))
    assert caught.value.hint == f"{kind.folder.name}/reference.yaml shows every key with its meaning and unit."
    assert (kind.folder / "reference.yaml").is_file()

"""Texts of a planned build, on values made by hand."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from cloud.session import Cloud
from images.amis.catalogue import Entry
from images.commands import show_plan
from images.plan.estimate import Estimate
from tests.support.planned import MAPPINGS, plan_build

CLOUD = cast("Cloud", SimpleNamespace(region="eu-west-1"))


def test_the_header_says_what_why_and_what_it_takes(tmp_path: Path) -> None:
    text = show_plan.render_header(CLOUD, plan_build(tmp_path))
    assert text.splitlines()[1].split() == ["x", "in", "eu-west-1", "key", "kkkkkkkk"]
    assert "base   ami-0aaa1111bbbb2222c  base (ecs/al2023, " in text
    assert "why    a reason" in text
    assert "about  8 min, $0.02 to build, at most $2.50 a month to keep, ends with a tested AMI" in text
    assert "!" not in text


def test_a_price_that_is_not_known_is_left_out_and_the_smallest_is_a_cent(tmp_path: Path) -> None:
    plan = plan_build(tmp_path)
    assert show_plan.render_cost(replace(plan, estimate=Estimate(9.4, None, None))) == "9 min"
    assert "$0.01 to build" in show_plan.render_cost(replace(plan, estimate=Estimate(9, 0.0001, 1)))


def test_an_old_base_is_warned_of(tmp_path: Path) -> None:
    plan = plan_build(tmp_path, base={"ssm": "ecs/al2"})
    assert "! support for this base ended on 2026-06-30" in show_plan.render_header(CLOUD, plan)
    old = replace(plan, base=replace(plan.base, deprecated=datetime(2026, 1, 2, tzinfo=UTC)))
    assert "! ami-0aaa1111bbbb2222c is deprecated since 2026-01-02" in show_plan.render_header(CLOUD, old)
    later = replace(plan, base=replace(plan.base, deprecated=datetime(2999, 1, 2, tzinfo=UTC)))
    assert "deprecated" not in show_plan.render_header(CLOUD, later)


def test_the_note_counts_subnets_of_the_first_type(tmp_path: Path) -> None:
    assert show_plan.render_preflight(plan_build(tmp_path)).endswith("m6i.large offered in 2 subnets")


def test_the_plan_lists_volumes_and_checks_and_the_command(tmp_path: Path) -> None:
    lines = show_plan.render_plan(plan_build(tmp_path)).splitlines()
    assert lines[0] == "would build x-name"
    assert lines[2].split() == ["/dev/xvda", "40", "GiB", "gp3", "encrypted"]
    assert lines[3:6] == ["  checks", "    everywhere", "    on the image"]
    assert lines[-1].endswith("build-ami --image x")
    [mapping] = MAPPINGS
    plain = {"DeviceName": "/dev/xvda", "Ebs": {**cast("dict[str, object]", mapping["Ebs"]), "Encrypted": False}}
    assert "NOT encrypted" in show_plan.render_plan(replace(plan_build(tmp_path), mappings=[plain]))


def test_an_image_that_is_up_to_date(tmp_path: Path) -> None:
    made = datetime(2026, 1, 1, tzinfo=UTC)
    entry = Entry("ami-1", "n", "x", "k", "tested", "ami-0", "b", made, "available", 30, "", (), {})
    plan = replace(plan_build(tmp_path), existing=entry)
    text = show_plan.render_up_to_date(plan)
    assert text.startswith("✓ ami-1 is up to date: same base, recipe and definition (key kkkkkkkk, ")
    document = show_plan.make_document(CLOUD, plan, up_to_date=True)
    assert (document["existing"], document["up_to_date"], document["dollars_per_month"]) == ("ami-1", True, 2.5)
    assert show_plan.make_document(CLOUD, plan_build(tmp_path), up_to_date=False)["existing"] is None

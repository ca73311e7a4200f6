"""Instance types and prices: asked once, kept with their date, used without a network."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cloud.session import Cloud
from environments.machines import recorded
from nextflow.prices import kept, load
from nextflow.prices.offers import Offers
from sandbox.inprocess import Sandbox
from tests.support.images import MakeAmi

NAMES = ("c5", "m5", "r5")


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_types_and_prices_of_families(sandbox: Sandbox) -> None:
    offers = load.load("us-east-1", NAMES)
    machines = {machine.name: machine for machine in offers.list_machines(NAMES)}
    small = machines["c5.2xlarge"]
    assert (small.vcpus, small.memory, small.is_measured, small.price) == (8, 15434, True, 0.34)
    assert small.spot_price == pytest.approx(0.34 * 0.35)
    assert machines["r5.2xlarge"].price == 0.504
    assert not any(".metal" in name for name in machines)
    assert {"c5", "m5", "r5"} == {machine.family for machine in machines.values()}


def test_they_are_asked_for_once_a_week(sandbox: Sandbox) -> None:
    first = load.load("us-east-1", NAMES)
    asked: list[str] = []
    assert load.load("us-east-1", ("c5.2xlarge",), asked.append) == first
    assert asked == []
    later = load.load("us-east-1", NAMES, asked.append, datetime.now(UTC) + timedelta(days=8))
    assert "c5.2xlarge" in asked
    assert later.asked is not None
    assert first.asked is not None
    assert later.asked > first.asked


def test_another_family_is_asked_for_and_the_others_stay(sandbox: Sandbox) -> None:
    load.load("us-east-1", ("c5",))
    load.load("us-east-1", ("optimal",))
    offers = kept.read("us-east-1")
    assert offers is not None
    assert offers.has(("c5", "optimal"))
    assert not offers.has(("x1",))


def test_without_a_network_what_is_kept_counts_however_old(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load.load("us-east-1", NAMES)
    path = kept.find_path("us-east-1")
    monkeypatch.setattr(kept, "find_path", lambda region: path)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    offers = load.load("us-east-1", NAMES, now=datetime.now(UTC) + timedelta(days=400))
    assert offers.on_demand == first.on_demand
    assert offers.asked == first.asked
    assert "cannot be reached" in offers.why


def test_where_aws_was_never_asked_types_are_known_and_prices_are_not(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    offers = load.load("us-east-1", NAMES)
    (machine,) = offers.list_machines(["c5.2xlarge"])
    assert (machine.vcpus, machine.memory, machine.price, machine.spot_price) == (8, 15434, None, None)
    assert offers.asked is None
    assert "cannot be reached" in offers.why


def test_recorded_types_are_what_ec2_describes(sandbox: Sandbox) -> None:
    from nextflow.prices.recorded import list_recorded

    offers, known = load.load("us-east-1", ("c5", "m5", "r5", "optimal")), list_recorded("us-east-1", "")
    assert len(known.types) > 50
    for name, kind in known.types.items():
        described = offers.types[name]
        assert (described.vcpus, described.memory) == (kind.vcpus, kind.memory), name


def test_a_damaged_file_is_no_file(sandbox: Sandbox) -> None:
    path = kept.find_path("us-east-1")
    path.parent.mkdir(parents=True)
    path.write_text('{"region": "us-east-1", "types": [], "asked": 3}')
    assert kept.read("us-east-1") is None
    assert load.load("us-east-1", NAMES).on_demand


def test_the_offline_aws_and_the_real_one_have_files_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    real = kept.find_path("us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4000")
    assert kept.find_path("us-east-1") != real


def test_what_machines_registered_counts_before_other_figures(sandbox: Sandbox, make_ami: MakeAmi) -> None:
    ami = make_ami("measured")
    labels = recorded.write({"c5.2xlarge": 15400, "c6i.2xlarge": 15500}, {})
    sandbox.client("ec2").create_tags(
        Resources=[ami], Tags=[{"Key": key, "Value": value} for key, value in labels.items()]
    )
    offers = load.load("us-east-1", NAMES)
    assert offers.list_machines(["c5.2xlarge"])[0].memory == 15400


def test_words_for_several_families() -> None:
    from nextflow.prices.recorded import list_recorded

    offers: Offers = list_recorded("us-east-1", "")
    assert {machine.family for machine in offers.list_machines(["optimal"])} == {"m6i", "c6i", "r6i", "c7i"}


def test_without_a_region_recorded_figures_are_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    offers = load.load(None, NAMES)
    assert offers.region == "us-east-1"
    assert "no AWS region" in offers.why
    with pytest.raises(Exception, match="region"):
        Cloud(None)


def test_a_family_that_a_region_lacks_is_named_alone_and_costs_no_price(sandbox: Sandbox) -> None:
    offers = load.load("us-east-1", ("c5.2xlarge", "c5x", "zz9"))
    assert offers.why == "us-east-1 has no c5x, zz9"
    assert offers.on_demand["c5.2xlarge"] == 0.34

"""What `invoke doctor` prints."""

from typing import get_args

from environments.doctor import show
from environments.doctor.checks.finding import error, warning
from environments.doctor.facts.picture import Part


def test_the_table() -> None:
    findings = {"genomics": (error("it is broken", "because", "mend it", "x"),), "salmon": (), "": ()}
    assert show.render_table(findings, {"quotas": "denied"}, 20, 1.44).splitlines() == [
        f"{'genomics: 1 finding':<64}20 checks, 1.4 s",
        "✗ it is broken",
        "    why   because",
        "    fix   mend it",
        f"{'? salmon: no findings in what could be looked at':<64}20 checks, 1.4 s",
        "! could not look at quotas: denied",
    ]
    account = {"": (warning("vol-1 is idle", "paid for", "delete it", "vol-1"),)}
    assert show.render_table(account, {}, 20, 1.0).splitlines()[:2] == ["this account: 1 finding", "! vol-1 is idle"]


def test_every_part_that_was_not_seen_has_a_name() -> None:
    lines = show.render_unseen(dict.fromkeys(get_args(Part), "denied")).splitlines()
    assert len(set(lines)) == len(get_args(Part))


def test_a_region_is_healthy_only_where_everything_was_seen_and_nothing_found() -> None:
    finding = error("it is broken", "because", "mend it", "x", cause="y")
    well = show.make_document("us-east-1", {"genomics": (), "": ()}, {}, 20)
    assert (well["healthy"], well["environments"], well["checks"]) == (True, ["genomics"], 20)
    assert show.make_document("us-east-1", {"genomics": (finding,)}, {}, 20)["healthy"] is False
    assert show.make_document("us-east-1", {"genomics": ()}, {"quotas": "denied"}, 20)["healthy"] is False
    [found] = show.make_document("us-east-1", {"": (finding,)}, {}, 20)["findings"]
    assert found == {
        "environment": None, "severity": "error", "what": "it is broken", "why": "because", "fix": "mend it",
        "resource": "x",
    }  # fmt: skip

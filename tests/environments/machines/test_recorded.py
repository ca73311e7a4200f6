"""What machines have registered, in the tags of their AMI."""

from environments.machines import recorded


def test_a_tag_for_every_family_with_its_sizes() -> None:
    measured = {"c5.2xlarge": 15434, "c5.4xlarge": 31152, "m5.large": 7690}
    labels = recorded.write(measured, {"kiln:image": "a"})
    assert labels == {"kiln:memory:c5": "2xlarge=15434 4xlarge=31152", "kiln:memory:m5": "large=7690"}
    assert recorded.read({**labels, "kiln:image": "a"}) == measured


def test_what_was_recorded_before_stays_beside_what_is_new() -> None:
    before = {"kiln:memory:c5": "2xlarge=15434 4xlarge=31152", "kiln:memory:m5": "large=7690"}
    assert recorded.write({"c5.4xlarge": 31000}, before) == {"kiln:memory:c5": "2xlarge=15434 4xlarge=31000"}


def test_of_several_amis_the_least_counts() -> None:
    images: tuple[dict[str, str], ...] = (
        {"kiln:memory:c5": "2xlarge=15434"},
        {"kiln:memory:c5": "2xlarge=15400 large=3714"},
        {},
    )
    assert recorded.read_all(images) == {"c5.2xlarge": 15400, "c5.large": 3714}


def test_nonsense_in_a_tag_is_no_figure() -> None:
    assert recorded.read({"kiln:memory:c5": "2xlarge=many large=0 x"}) == {}
    assert recorded.read({"kiln:memory:c5": "much"}) == {}

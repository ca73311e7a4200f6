"""What a compute environment names."""

from environments.doctor.facts.compute_environments import images_of


def test_the_ami_counts_where_it_is_named_first() -> None:
    assert images_of({"computeResources": {"imageId": "ami-2"}}, {}) == ["ami-2"]
    both = {"imageId": "ami-2", "ec2Configuration": [{"imageType": "ECS_AL2023", "imageIdOverride": "ami-1"}]}
    assert images_of({"computeResources": both}, {}) == ["ami-1"]
    assert images_of({}, {}) == []

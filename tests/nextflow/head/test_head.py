"""The head node: what is made, by whom it may be reached, what is removed."""

import json
import os
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cloud import tags
from cloud.session import Cloud
from environments.spec import definitions
from images import clean
from images.builder.keys import generate_keys
from kiln.errors import Exit, UserError
from nextflow.head import commands, local, rights
from nextflow.head.asked import Asked
from nextflow.head.local import Kept
from nextflow.head.names import HEAD, Head
from sandbox.inprocess import Sandbox
from tests.support import environments as tools
from tests.support.runs import DOCUMENTS
from tests.support.typed import keys

PLAIN = Asked("genomics", ami="ecs/al2023", ssh_from="203.0.113.7/32", nextflow="none")
NODE = Head("genomics")
JOB_ROLE = "NextflowJobRole"
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]})  # fmt: skip


@pytest.fixture
def genomics(sandbox: Sandbox, answering_hosts: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    monkeypatch.chdir(tmp_path)
    tools.register("genomics")
    return sandbox


def up(asked: Asked = PLAIN) -> int:
    return commands.head_up(asked, None, as_json=False)


def machines(sandbox: Sandbox) -> list[dict[str, Any]]:
    filters = [{"Name": f"tag:{HEAD}", "Values": ["genomics"]},
               {"Name": "instance-state-name", "Values": ["pending", "running"]}]  # fmt: skip
    listed = sandbox.client("ec2").describe_instances(Filters=filters)["Reservations"]
    return [machine for reservation in listed for machine in reservation["Instances"]]


def groups(sandbox: Sandbox) -> list[dict[str, Any]]:
    named = [{"Name": "group-name", "Values": [NODE.name]}]
    return list(sandbox.client("ec2").describe_security_groups(Filters=named)["SecurityGroups"])


def attached(sandbox: Sandbox, role: str) -> set[str]:
    listed = sandbox.client("iam").list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    return {policy["PolicyName"] for policy in listed}


def left(sandbox: Sandbox) -> list[str]:
    iam = sandbox.client("iam")
    roles = [role["RoleName"] for role in iam.list_roles()["Roles"]]
    profiles = [profile["InstanceProfileName"] for profile in iam.list_instance_profiles()["InstanceProfiles"]]
    own = [name for name in (*roles, *profiles) if name == NODE.name]
    return [*own, *(group["GroupId"] for group in groups(sandbox)), *(m["InstanceId"] for m in machines(sandbox))]


def test_a_machine_that_one_address_reaches_with_the_rights_of_head_jobs(genomics: Sandbox) -> None:
    assert up() == Exit.DONE
    [machine] = machines(genomics)
    assert machine["InstanceType"] == "t3.small"
    assert machine["MetadataOptions"]["HttpTokens"] == "required"
    assert tags.as_dict(machine["Tags"])["Name"] == NODE.name
    assert machine["IamInstanceProfile"]["Arn"].endswith(f"/{NODE.name}")
    [volume] = genomics.client("ec2").describe_volumes()["Volumes"]
    assert volume["Encrypted"]
    assert tags.as_dict(volume["Tags"])[HEAD] == "genomics"
    [group] = groups(genomics)
    [rule] = group["IpPermissions"]
    assert (rule["FromPort"], rule["ToPort"]) == (22, 22)
    assert [entry["CidrIp"] for entry in rule["IpRanges"]] == ["203.0.113.7/32"]
    assert attached(genomics, NODE.name) == attached(genomics, JOB_ROLE)
    assert stat.S_IMODE(os.stat(NODE.folder / "key").st_mode) == 0o600
    assert up() == Exit.DONE
    assert len(machines(genomics)) == 1


def test_it_is_up_when_ssh_answers(genomics: Sandbox, answering_hosts: list[str]) -> None:
    up()
    assert answering_hosts == [machines(genomics)[0]["PublicIpAddress"]]


def test_by_ssm_no_port_is_open(genomics: Sandbox, answering_hosts: list[str]) -> None:
    up(Asked("genomics", ami="ecs/al2023", ssh_from="none", nextflow="none"))
    [group] = groups(genomics)
    assert group["IpPermissions"] == []
    assert attached(genomics, NODE.name) == {*attached(genomics, JOB_ROLE), "AmazonSSMManagedInstanceCore"}
    command = local.make_command(NODE, local.read(NODE), "i-1")
    assert command[:3] == ["aws", "ssm", "start-session"]
    assert local.SESSION in command[-1]
    assert answering_hosts == []


def test_ssh_knows_one_key_and_one_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    NODE.folder.mkdir(parents=True)
    command = local.make_command(NODE, Kept("us-east-1", "ssh-ed25519 AAAA", "", "198.51.100.1"), "i-1")
    assert "StrictHostKeyChecking=yes" in command
    assert command[-2:] == ["ec2-user@198.51.100.1", local.SESSION]
    assert (NODE.folder / "known_hosts").read_text() == "198.51.100.1 ssh-ed25519 AAAA\n"
    assert not any("ProxyCommand" in word for word in command)


def test_a_sites_bastion_leads_there_too(genomics: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entered = list[list[str]]()
    monkeypatch.setattr(os, "execvp", lambda file, words: entered.append(words))
    site = tmp_path / "site.yaml"
    site.write_text("builder: {ssh_from: 127.0.0.2/32, connect: {proxy_command: 'nc %h 2222 # %i'}}\n")
    up(replace(PLAIN, ssh_from=""))
    assert [opened["CidrIp"] for opened in groups(genomics)[0]["IpPermissions"][0]["IpRanges"]] == ["127.0.0.2/32"]
    commands.head_ssh("genomics")
    assert f"ProxyCommand=nc %h 2222 # {machines(genomics)[0]['InstanceId']}" in entered[0]


def test_a_bare_address_is_a_range_of_one(genomics: Sandbox) -> None:
    for typed, kind, meant in (
        ("203.0.113.7", "IpRanges", "203.0.113.7/32"), ("2001:DB8::1", "Ipv6Ranges", "2001:db8::1/128"),
    ):  # fmt: skip
        assert up(replace(PLAIN, ssh_from=typed)) == Exit.DONE
        [rule] = groups(genomics)[0]["IpPermissions"]
        assert [opened["CidrIp" if kind == "IpRanges" else "CidrIpv6"] for opened in rule[kind]] == [meant]


@pytest.mark.parametrize(("host", "program"), [("", "aws"), ("198.51.100.1", "ssh")])
def test_a_program_that_this_computer_lacks(
    genomics: Sandbox, monkeypatch: pytest.MonkeyPatch, host: str, program: str
) -> None:
    up(replace(PLAIN, ssh_from="203.0.113.7/32" if host else "none"))
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(UserError, match=f"{program} cannot be started\nNo such file or directory\nInstall"):
        commands.head_ssh("genomics")


def test_it_is_removed_in_its_own_region(genomics: Sandbox) -> None:
    """Its role is that of all regions: without it the machine can do nothing, and without its key nobody enters."""
    assert commands.head_up(PLAIN, "eu-west-1", as_json=False) == Exit.DONE
    elsewhere = genomics.client("ec2", "eu-west-1")
    [instance] = [machine["InstanceId"] for reservation in elsewhere.describe_instances()["Reservations"]
                  for machine in reservation["Instances"]]  # fmt: skip
    for act in (up, lambda: commands.head_down("genomics", "us-east-1", as_json=False)):
        with pytest.raises(UserError, match="the head node of genomics is in eu-west-1") as refused:
            act()
        assert "head-down --env genomics --region eu-west-1" in refused.value.hint
    assert attached(genomics, NODE.name)
    assert commands.head_down("genomics", None, as_json=False) == Exit.DONE
    [state] = elsewhere.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"]
    assert state["State"]["Name"] in ("shutting-down", "terminated")
    assert up() == Exit.DONE


def test_all_of_it_goes(genomics: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    up()
    capsys.readouterr()
    commands.head_up(PLAIN, None, as_json=True)
    assert keys(json.loads(capsys.readouterr().out)) == DOCUMENTS["head-up"]
    commands.head_down("genomics", None, as_json=True)
    document = json.loads(capsys.readouterr().out)
    assert keys(document) == DOCUMENTS["head-down"]
    assert len(document["removed"]) == 4
    assert left(genomics) == []
    assert not NODE.folder.exists()
    assert commands.head_down("genomics", None, as_json=False) == Exit.DONE
    assert attached(genomics, JOB_ROLE)


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        (Asked("genomics", ami="ecs/al2023"), "no published SHA-256 of nextflow"),
        (Asked("genomics", time_limit="soon", nextflow="none"), "soon is no time"),
        (Asked("genomics", time_limit="5 min", nextflow="none"), "5 min is too short"),
        (Asked("genomics", time_limit="9999999 d", nextflow="none"), "9999999 d is too long"),
        (Asked("genomics", nextflow="none"), "nextflow-head has no tested AMI"),
        (Asked("genomics", nextflow="missing"), "missing cannot be read"),
        (Asked("genomics", ssh_from="here", nextflow="none"), "--ssh-from cannot be here"),
        (Asked("genomics", ssh_from="0.0.0.0/0", nextflow="none"), "would let 4294967296 addresses in"),
        (Asked("genomics", "t9.tiny", "ecs/al2023", nextflow="none"), "no subnet of the environment can take t9.tiny"),
        (Asked("salmon", ami="ecs/al2023", nextflow="none"), "salmon has no role for heads"),
    ],
)
def test_what_is_refused_before_anything_is_made(genomics: Sandbox, asked: Asked, fault: str) -> None:
    with pytest.raises(UserError) as refused:
        up(asked)
    assert fault in str(refused.value)
    assert left(genomics) == []


def test_a_role_of_somebody_elses_stays(genomics: Sandbox) -> None:
    genomics.client("iam").create_role(RoleName=NODE.name, AssumeRolePolicyDocument=TRUST)
    with pytest.raises(UserError, match="is not Kiln's"):
        up()
    assert attached(genomics, NODE.name) == set()


def test_another_folder_knows_no_head_node(genomics: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    up()
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    with pytest.raises(UserError, match="knows no head node"):
        up()


def test_each_zone_that_offers_the_type_is_tried_and_no_other(genomics: Sandbox) -> None:
    for _ in range(5):
        genomics.faults.add("RunInstances", "InsufficientInstanceCapacity", status=500)
    with pytest.raises(UserError, match="no room for the head node") as refused:
        up()
    assert "t3.small in us-east-1a: InsufficientInstanceCapacity" in refused.value.why
    assert "us-east-1e" not in refused.value.why
    assert machines(genomics) == []
    assert up() == Exit.DONE


def test_the_next_zone_is_taken_where_one_has_no_room(genomics: Sandbox) -> None:
    subnets = genomics.client("ec2").describe_subnets()["Subnets"]
    zones = {subnet["AvailabilityZone"]: subnet["SubnetId"] for subnet in subnets}
    for zone, code in {"us-east-1a": "InsufficientInstanceCapacity", "us-east-1b": "Unsupported"}.items():
        genomics.faults.add("RunInstances", code, times=None, where={"SubnetId": zones[zone]})
    assert up() == Exit.DONE
    assert [machine["Placement"]["AvailabilityZone"] for machine in machines(genomics)] == ["us-east-1c"]


def test_a_small_type_of_old(genomics: Sandbox) -> None:
    up(replace(PLAIN, instance_type="t2.micro"))
    assert [machine["InstanceType"] for machine in machines(genomics)] == ["t2.micro"]


def test_who_types_again_from_elsewhere_is_let_in_alone(genomics: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    up()
    up(replace(PLAIN, ssh_from="2001:db8::1/128"))
    [group] = groups(genomics)
    [rule] = group["IpPermissions"]
    assert (rule["IpRanges"], [opened["CidrIpv6"] for opened in rule["Ipv6Ranges"]]) == ([], ["2001:db8::1/128"])
    assert "up already" in capsys.readouterr().out
    up(replace(PLAIN, ssh_from="none"))
    assert groups(genomics)[0]["IpPermissions"] == []
    assert "AmazonSSMManagedInstanceCore" in attached(genomics, NODE.name)
    assert len(machines(genomics)) == 1


def test_a_machine_that_was_started_elsewhere_is_left_alone(
    genomics: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    up()
    other = tmp_path / "other"
    NODE.folder.rename(tmp_path / "kept")
    local.keep(NODE, generate_keys("x"), Kept("us-east-1", "ssh-ed25519 BBBB", "later"))
    with pytest.raises(UserError, match="was started elsewhere"):
        up()
    other.mkdir()
    monkeypatch.chdir(other)
    with pytest.raises(UserError, match="knows no head node"):
        up()


def test_a_stopped_one_is_not_up(genomics: Sandbox) -> None:
    up()
    genomics.client("ec2").stop_instances(InstanceIds=[machines(genomics)[0]["InstanceId"]])
    genomics.clock.advance(60)
    with pytest.raises(UserError, match="is stopped"):
        up()
    commands.head_down("genomics", None, as_json=False)
    assert left(genomics) == []


def test_one_that_ended_by_itself_is_told_and_followed_by_another(
    genomics: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered = list[list[str]]()
    monkeypatch.setattr(os, "execvp", lambda file, words: entered.append([file, *words]))
    up()
    commands.head_ssh("genomics")
    [machine] = machines(genomics)
    assert entered[0][:2] == ["ssh", "ssh"]
    assert f"ec2-user@{machine['PublicIpAddress']}" in entered[0]
    genomics.client("ec2").terminate_instances(InstanceIds=[machine["InstanceId"]])
    with pytest.raises(UserError, match="there is no head node"):
        commands.head_ssh("genomics")
    assert up() == Exit.DONE
    [another] = machines(genomics)
    assert another["InstanceId"] != machine["InstanceId"]


def test_clean_leaves_it_alone(genomics: Sandbox, tmp_path: Path) -> None:
    up()
    assert clean.find(Cloud(), tmp_path / "builds", datetime.now(UTC) + timedelta(days=30)) == []


def test_under_iam_existing_no_role_is_made(genomics: Sandbox) -> None:
    spec = definitions.load("genomics").model_copy(update={"iam": "existing"})
    policies = rights.list_policies(Cloud(), spec)
    with pytest.raises(UserError, match="no instance profile kiln-head-genomics with a role"):
        rights.make_profile(Cloud(), spec, NODE, policies, sessions=False)
    iam = genomics.client("iam")
    iam.create_role(RoleName=NODE.name, AssumeRolePolicyDocument=TRUST)
    iam.create_instance_profile(InstanceProfileName=NODE.name)
    iam.add_role_to_instance_profile(InstanceProfileName=NODE.name, RoleName=NODE.name)
    assert rights.make_profile(Cloud(), spec, NODE, policies, sessions=False) == NODE.name
    assert attached(genomics, NODE.name) == set()
    assert commands.head_down("genomics", None, as_json=False) == Exit.DONE
    assert left(genomics) == [NODE.name, NODE.name]

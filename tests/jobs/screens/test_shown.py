"""A job on the screen."""

from dataclasses import replace

from jobs.looks.logs import Line
from jobs.model.listed import Listed
from jobs.screens import documents, listed, shown
from tests.support.jobs import ARRAY, FAILED, LISTED, NOW, WAITING, WHOLE

ACCESS_KEY = "AKIA" + "ABCDEFGHIJKLMNOP"


def test_a_job_that_lost_its_machine_and_was_then_killed() -> None:
    assert shown.render(WHOLE, NOW).splitlines() == [
        "job 4bb17e4d-0000-4000-8000-0123456789ab (fastqc)",
        "  state   FAILED: Essential container in task exited",
        "  asks    2 vCPUs, 4096 MiB; at most 1 h 0 min, 2 attempts",
        "  queue   default; nf-fastqc:3",
        "  image   quay.io/fastqc:1",
        "  command fastqc a.fq",
        "  after   other",
        "  machine i-0bb, c5.2xlarge, us-east-1b, On-Demand, in ondemand, 15434 MiB registered",
        "  life",
        "    2026-11-28 11:00:00Z  SUBMITTED",
        "    2026-11-28 11:02:00Z  RUNNING (attempt 1)",
        "    2026-11-28 11:20:00Z  attempt 1 ended: Host EC2 (instance i-0aa) terminated.",
        "    2026-11-28 11:24:00Z  STARTING on a machine (attempt 2); its image took 45.0 s",
        "    2026-11-28 11:25:00Z  RUNNING (attempt 2)",
        "    2026-11-28 11:30:00Z  FAILED, after 5 min 0 s",
        "  attempt 1 of 2: Host EC2 (instance i-0aa) terminated., no exit code (18 min 0 s)",
        "    where   Spot, in spot, ECS has forgotten the machine",
        "    means   its machine was taken away or ended under it, as happens to Spot machines",
        "    try     allow more attempts, or use a queue with On-Demand machines",
        "  attempt 2 of 2: Essential container in task exited, exit code 137 (5 min 0 s)",
        "    Docker  OutOfMemoryError: Container killed due to memory usage",
        "    means   it used more memory than it asked for, and was killed",
        "    try     ask for more memory",
        "  log     the last 2 lines of /aws/batch/job, s/2",
        "    11:29:00Z  Analysis complete for a.fq",
        "    11:29:58Z  Killed",
    ]


def test_a_job_that_waits() -> None:
    lines = shown.render(WAITING, NOW).splitlines()
    assert "  waits   RUNNABLE for 10 min 0 s" in lines
    assert "✗ job 4bb17e4d (fastqc) cannot start: it is too large" in lines
    assert "    fix   ask for less" in lines


def test_an_array_by_its_counts_and_the_first_of_what_failed() -> None:
    text = shown.render(ARRAY, NOW)
    assert "  array   50 children: 40 SUCCEEDED, 7 FAILED, 3 RUNNING" in text
    assert text.count("FAILED: its own command ended with exit code 3") == 5
    assert "  2 more of its children FAILED" in text
    assert "invoke show-job 4bb17e4d-0000-4000-8000-0123456789ab:0" in text


def test_a_job_that_never_ran_says_what_its_reason_means() -> None:
    never = replace(FAILED, reason="Dependent Job failed", attempts=(), started=None)
    text = shown.render(replace(WHOLE, job=never, lines=()), NOW)
    assert "  means   a job that it depends on has failed; see that job" in text


def test_a_command_of_many_lines_takes_one() -> None:
    long = replace(FAILED, command=("bash", "-c", "set -e\n" + "x" * 200))
    [line] = [row for row in shown.render(replace(WHOLE, job=long), NOW).splitlines() if row.startswith("  command")]
    assert len(line) <= 112
    assert line.endswith("…")


def test_secrets_of_a_command_are_not_shown() -> None:
    words = ("bash", "-c", "export DB_PASSWORD=hunter2; run", "--api-key", "k-12345", f"--user={ACCESS_KEY}")
    whole = replace(WHOLE, job=replace(FAILED, command=words))
    assert "  command bash -c export DB_PASSWORD=•••; run --api-key ••• --user=•••" in shown.render(whole, NOW)
    assert documents.make_document(whole, NOW)["command"] == [
        "bash", "-c", "export DB_PASSWORD=•••; run", "--api-key", "•••", "--user=•••",
    ]  # fmt: skip


def test_arrays_in_a_list_are_shown_and_counted_by_their_children() -> None:
    text = listed.render(LISTED, "in default", NOW)
    assert "align [50]" in text
    assert "40 SUCCEEDED, 7 FAILED, 3 RUNNING" in text
    assert listed.count_states(LISTED) == {"FAILED": 8, "SUCCEEDED": 40, "RUNNING": 3}


def test_a_list_that_is_too_long_for_a_screen_says_so() -> None:
    text = listed.render([*LISTED] * 150, "in default", NOW)
    assert "the newest 200 are shown" in text
    assert len(text.splitlines()) == 204


def test_what_a_job_or_a_person_wrote_steers_no_terminal() -> None:
    lines = (Line(NOW, "\x1b[2J\x1b]0;title\x07gone\ttab é"),)
    text = shown.render(replace(WHOLE, job=replace(FAILED, reason="\x1b[31mred"), lines=lines), NOW)
    assert "\x1b" not in text
    assert "FAILED: \\x1b[31mred" in text
    assert "\\x1b[2J\\x1b]0;title\\x07gone\ttab é" in text


def test_a_reason_of_many_lines_takes_one_in_a_list() -> None:
    waiting = Listed("a", "fastqc", "default", "RUNNABLE", "first\n\x1b[2Jsecond")
    text = listed.render([waiting], "in default", NOW)
    assert "first \\x1b[2Jsecond" in text


def test_an_array_that_is_over_is_not_called_one_that_never_ran() -> None:
    over = replace(ARRAY.job, status="FAILED", reason="Array Child Job failed", stopped=NOW)
    lines = shown.render(replace(ARRAY, job=over), NOW).splitlines()
    assert "    2026-11-28 12:00:00Z  FAILED" in lines

"""What the reasons of AWS Batch, the ECS agent and Docker mean in a person's words."""

import pytest

from environments.kinds.batch import endings

ENDED = "Essential container in task exited"
FAILED = "Task failed to start"


@pytest.mark.parametrize(
    ("reason", "container", "code", "meaning"),
    [
        (ENDED, "", 0, "ended well"),
        (ENDED, "", 3, "exit code 3"),
        (ENDED, "", 127, "not in the image"),
        (ENDED, "", 137, "killed from outside"),
        (ENDED, "OutOfMemoryError: Container killed due to memory usage", 137, "more memory than it asked for"),
        (ENDED, "OutOfMemoryError: Container killed due to memory usage", 1, "more memory than it asked for"),
        (FAILED, "CannotPullImageManifestError: Error response from daemon: manifest unknown: manifest unknown", None,
         "no image of that name"),
        (FAILED, "CannotPullImageManifestError: Error response from daemon: Get https://x: denied: access", None,
         "does not let"),
        (FAILED, "CannotPullContainerError: write /var/lib/docker/tmp: no space left on device", None, "not fit"),
        (FAILED, "CannotPullContainerError: toomanyrequests: You have reached your pull rate limit", None, "refuses"),
        (FAILED, "CannotPullContainerError: dial tcp: i/o timeout", None, "could not be pulled"),
        (FAILED, "DockerTimeoutError: Could not transition to MANIFEST_PULLED; timed out after waiting 1m5.03s", None,
         "could not be pulled"),
        (FAILED, "DockerTimeoutError: Could not transition to created; timed out after waiting 4m0s", None,
         "did not answer in time"),
        (FAILED, "CannotStartContainerError: Error response from daemon: failed to create shim task: OCI runtime "
         'create failed: exec: "/bin/nosuch": stat /bin/nosuch: no such file or directory: unknown', None,
         "no such command"),
        (FAILED, "CannotStartContainerError: failed to initialize logging driver: failed to create Cloudwatch log "
         "stream", None, "CloudWatch Logs"),
        (FAILED, "CannotCreateContainerError: Error response from daemon: Minimum memory limit allowed is 6MB", None,
         "less memory than Docker takes"),
        (FAILED, "HostConfigError: Invalid volume referenced: nope", None, "make or start its container"),
        (FAILED, "", None, "never started"),
        ("Host EC2 (instance i-0123456789abcdef0) terminated.", "", None, "machine was taken away"),
        ("Job attempt duration exceeded timeout", "", 137, "longer than its timeout"),
        ("Dependent Job failed", "", None, "depends on"),
        ("Array Child Job failed", "", None, "of its array"),
        ("Canceled by JobStateTimeLimit action due to reason: CAPACITY:X", "", None, "time_limits"),
        ("Job killed by NF", "", None, "Nextflow ended it"),
        ("ECS was unable to assume the role 'arn:aws:iam::123456789012:role/x' that was provided for this task. Please "
         "verify that the role being passed has the proper trust relationship", "", None, "cannot be assumed"),
        (FAILED, "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: x",
         None, "could not be mounted"),
        (FAILED, "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval "
         "failed", None, "a secret or a login"),
        (FAILED, "CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux/arm64'",
         None, "none for this architecture"),
    ],
)  # fmt: skip
def test_a_reason_in_plain_words(reason: str, container: str, code: int | None, meaning: str) -> None:
    ending = endings.explain(reason, container, code)
    assert ending is not None
    assert meaning in ending.meaning
    assert bool(ending.hint) == (code != 0)


def test_a_persons_own_reason_means_what_it_says() -> None:
    assert endings.explain("not needed any more") is None
    assert endings.explain("the user's secret reason") is None
    assert endings.explain("ann's review timed out") is None
    assert endings.explain("") is None


def test_no_exit_code_is_made_up_for_a_reason_that_is_a_persons() -> None:
    assert endings.explain("stop it", exit_code=143) is None

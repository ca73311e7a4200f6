"""Kiln's tasks, as invoke finds them. Names, help and options are in `cli/`, a module for each room."""

from invoke.collection import Collection

from cli.account import iam_policy, validate
from cli.environments import destroy_env, doctor, list_envs, register_env, show_env
from cli.head import head_down, head_ssh, head_up
from cli.images import build_ami, clean, list_amis, ssh, test_ami
from cli.jobs import canary, list_jobs, measure_memory, show_job
from cli.launch_templates import register_launch_template, show_user_data
from cli.nextflow import nextflow_config, nextflow_image
from cli.runs import list_runs, run, show_run, upload
from cli.sandbox import sandbox
from cli.sizing import size

namespace = Collection(
    build_ami, test_ami, list_amis, clean, register_launch_template, show_user_data, register_env, show_env, list_envs,
    doctor, destroy_env, list_jobs, show_job, canary, measure_memory, size, nextflow_config, nextflow_image, upload,
    run, list_runs, show_run, head_up, head_ssh, head_down, iam_policy, validate, ssh, sandbox,
)  # fmt: skip

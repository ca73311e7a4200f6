"""What people write who know Terraform, CloudFormation, boto3 or Nextflow's guides → what an environment has."""

from kiln.keys.unknown import plain

_COMPUTE = "compute_environments.NAME"

OTHER_TOOLS = plain(
    {
        "subnet subnet_ids subnets": "network.subnets",
        "security_group security_group_ids security_groups vpc_security_group_ids": "network.security_groups",
        "vpc vpc_id": "network.vpc",
        "instance_role ecs_instance_role iam_instance_role": "roles.instance",
        "instance_profile iam_instance_profile": "roles.instance_profile",
        "service_role batch_service_role": "roles.service",
        "spot_iam_fleet_role spot_fleet_role fleet_role": "roles.spot_fleet",
        "job_role_arn task_role task_role_arn": "job_role under job_definitions: NAME, or roles.job",
        "type compute_type provisioning_model spot": f"{_COMPUTE}.market",
        "compute_resources resources": f"its keys stand directly under {_COMPUTE}",
        "compute_environment computeenv": "compute_environments",
        "compute_environment_order": "queues.NAME.compute_environments",
        "compute_environment_name job_queue_name job_definition_name": "the name is the key itself: NAME: …",
        "job_queue job_queues": "queues",
        "job_definition jobs": "job_definitions",
        "ec2_key_pair key_name keypair ssh_key": f"{_COMPUTE}.key_pair",
        "ec2_configuration": f"{_COMPUTE}.image_type",
        "image_id ami_id source_ami image_id_override": "ami",
        "min_vcpu minv_cpus": f"{_COMPUTE}.min_vcpus",
        "max_vcpu maxv_cpus max_cpus": f"{_COMPUTE}.max_vcpus",
        "desired_vcpu desiredv_cpus": f"{_COMPUTE}.desired_vcpus",
        "instance_type instance_types": f"{_COMPUTE}.instance_types",
        "launch_template_name launch_template_id": "launch_template",
        "container_properties": "its keys stand directly under job_definitions: NAME",
        "resource_requirements": "vcpus, memory and gpus are the resources of a job definition",
        "mount_points mounts": "volumes",
        "retry_strategy retries": "attempts",
        "attempt_duration_seconds": "timeout",
        "bucket s3_bucket work_dir work_bucket": "buckets.work.name",
        "region aws_region": "give the region with --region, or in AWS_REGION",
        "logs log_group_name": "log_group.name",
        "retention_in_days log_retention": "log_group.retention",
        "user_data": "user data belongs to the launch template's own definition",
        "volume_size disk_size root_volume_size ebs block_device_mappings": (
            "disks belong to the launch template's own definition: volumes.root.size there"
        ),
        "docker_storage ecs_agent aws_cli packages scripts files": "it belongs to the image or the launch template",
        "role iam_role": "roles.instance is the machines' role, roles.job the tasks' role",
    }
)

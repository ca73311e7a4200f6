"""What people write who know Terraform, CloudFormation or the AWS CLI → what a launch template definition has."""

from kiln.keys.unknown import plain

_COMPUTE = "under compute_environments: NAME in the environment's definition"

OTHER_TOOLS = plain(
    {
        "instance_type instance_types": (
            f"AWS Batch takes types from the compute environment: instance_types {_COMPUTE}"
        ),
        "key_name key_pair keypair": f"AWS Batch takes the key pair from the compute environment: key_pair {_COMPUTE}",
        "iam_instance_profile instance_profile instance_role iam_role": (
            "AWS Batch takes the role from the compute environment: roles.instance in the environment's definition"
        ),
        "instance_market_options spot spot_options market spot_price max_price": (
            f"AWS Batch takes this from the compute environment: market: spot {_COMPUTE}"
        ),
        "security_group_ids security_groups vpc_security_group_ids network_interfaces network_interface": (
            "AWS Batch takes them from the compute environment: network.security_groups in the environment's definition"
        ),
        "subnet subnet_id subnets subnet_ids vpc vpc_id": (
            "AWS Batch takes them from the compute environment: network.subnets in the environment's definition"
        ),
        "placement placement_group": f"AWS Batch takes it from the compute environment: placement_group {_COMPUTE}",
        "image_id ami_id source_ami": "ami",
        "launch_template_name name_prefix template_name": "name",
        "user_data_base64 userdata boot_script": "user_data",
        "block_device_mappings ebs block_devices disks disk storage": "volumes.root and volumes.data are the disks",
        "volume_size root_volume_size disk_size root_size": "volumes.root.size",
        "volume_type": "volumes.root.type",
        "ebs_optimized": "present types are it always",
        "metadata_options http_tokens http_put_response_hop_limit hop_limit imds": (
            "task_credentials says how far the metadata service answers; IMDSv2 is always required"
        ),
        "monitoring enable_monitoring": "detailed_monitoring",
        "tags tag tag_specifications": "instance_tags and volume_tags are the tags",
        "description version_description": "Kiln describes versions itself",
        "update_default_version default_version set_default": "use --set-default of register-launch-template",
        "region aws_region": "give the region with --region, or in AWS_REGION",
        "runcmd run commands bootcmd cloud_config cloud_init": "user_data",
        "container_images docker_images": "images are pulled into an image: container_images in an image definition",
        "docker storage_driver": "docker_storage",
        "ecs ecs_config agent": "ecs_agent",
        "cli awscli": "aws_cli",
    }
)

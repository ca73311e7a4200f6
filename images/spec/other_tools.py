"""What people write who know Packer, EC2 Image Builder, Terraform or the AWS CLI → what an image definition has."""

from kiln.keys.unknown import plain

OTHER_TOOLS = plain(
    {
        "source_ami ami_id image_id parent_image base_ami base_image": "base.ami",
        "source_ami_filter most_recent filters": "base.owner and base.name say which AMI is meant",
        "source_ami_owner ami_owner owners": "base.owner",
        "os platform distro operating_system": "base.family",
        "arch architecture": "the architecture is the base image's: ssm: ecs/al2023-arm64 is one for arm64",
        "ami_description image_description": "description",
        "image_name": "ami_name",
        "instance_type": "builder.instance_types",
        "subnet_id subnet subnets": "builder.subnets",
        "vpc_id vpc": "the VPC is that of builder.subnets",
        "security_group_id security_groups security_group_ids vpc_security_group_ids": (
            "every build has a security group of its own; builder.ssh_from says who reaches it"
        ),
        "ssh_username ssh_user username login_user": "builder.user",
        "ssh_keypair_name key_name key_pair ssh_private_key_file keypair": "every build has an SSH key of its own",
        "ssh_interface associate_public_ip_address": "builder.connect.via",
        "ssh_bastion_host ssh_bastion bastion ssh_proxy_host": "builder.connect.proxy_command",
        "iam_instance_profile instance_profile_name instance_role": "builder.instance_profile",
        "spot spot_price spot_instance_types": "builder.market: spot makes the builder a Spot instance",
        "ssh_timeout timeout build_timeout": "builder.time_limit",
        "region aws_region availability_zone": "give the region with --region, or in AWS_REGION",
        "ami_regions regions": "an image is built in one region at a time, named with --region",
        "ami_users launch_permissions share_with": "share.accounts",
        "encrypt_boot encrypted": "volumes.root.encrypted",
        "kms_key_id kms_key": "volumes.root.kms_key",
        "launch_block_device_mappings ami_block_device_mappings block_device_mappings ebs block_devices": (
            "volumes.root and volumes.data are the disks"
        ),
        "volume_size root_volume_size disk_size root_size root_volume": "volumes.root.size",
        "volume_type": "volumes.root.type",
        "provisioner provisioners build components steps": "packages, files and scripts say what is done",
        "shell inline commands runcmd run": "scripts",
        "user_data user_data_file": "scripts run while the image is made; user data belongs to a launch template",
        "run_tags snapshot_tags ami_tags": "tags",
        "docker storage storage_driver": "docker_storage",
        "docker_images containers images pull": "container_images",
        "ecs ecs_config agent": "ecs_agent",
        "cli awscli aws": "aws_cli",
        "yum dnf apt apt_packages rpm": "packages",
    }
)  # fmt: skip

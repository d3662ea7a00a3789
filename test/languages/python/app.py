from aws_cdk import App, Duration, Mixins, Stack, aws_ec2 as ec2
from cdk_ssh_keepalive import (
    ServerKeepalive,
    SshClientConfigStack,
    SshHost,
    SshKeepalive,
    SshKeepaliveMixin,
    SshKeepaliveTarget,
)

app = App()

# A new instance has the settings from its first boot on.
web = Stack(app, "Web")
web_server = ec2.Instance(
    web,
    "Instance",
    vpc=ec2.Vpc(web, "Vpc"),
    instance_type=ec2.InstanceType("t3.micro"),
    machine_image=ec2.MachineImage.latest_amazon_linux2023(),
)
SshKeepalive(web, "SshKeepalive", targets=[SshKeepaliveTarget.new_instance(web_server)])

# An existing instance is not stopped, started or replaced.
database = Stack(app, "Database")
database_server = ec2.Instance(
    database,
    "Instance",
    vpc=ec2.Vpc(database, "Vpc"),
    instance_type=ec2.InstanceType("t3.micro"),
    machine_image=ec2.MachineImage.latest_amazon_linux2(),
)
SshKeepalive(
    database,
    "SshKeepalive",
    keepalive=ServerKeepalive.of(interval=Duration.seconds(30), count_max=240),
    targets=[
        SshKeepaliveTarget.existing_instance(database_server),
        SshKeepaliveTarget.tag("ssh-keepalive", "true"),
    ],
)

# Every instance of a stack or an app. This is the last line that adds instances.
bastion = Stack(app, "Bastion")
ec2.BastionHostLinux(bastion, "Host", vpc=ec2.Vpc(bastion, "Vpc"))
Mixins.of(bastion).apply(SshKeepaliveMixin())

# The settings for ~/.ssh/config.
SshClientConfigStack(
    app,
    "SshClientConfig",
    hosts=[SshHost.session_manager("web", web_server, user="ec2-user")],
)
app.synth()

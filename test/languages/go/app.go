package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/jsii-runtime-go"
	keepalive "github.com/cdk-ssh-keepalive/cdk-ssh-keepalive-go/cdksshkeepalive"
)

func main() {
	defer jsii.Close()
	app := awscdk.NewApp(nil)

	// A new instance has the settings from its first boot on.
	web := awscdk.NewStack(app, jsii.String("Web"), nil)
	webServer := awsec2.NewInstance(web, jsii.String("Instance"), &awsec2.InstanceProps{
		Vpc:          awsec2.NewVpc(web, jsii.String("Vpc"), nil),
		InstanceType: awsec2.NewInstanceType(jsii.String("t3.micro")),
		MachineImage: awsec2.MachineImage_LatestAmazonLinux2023(nil),
	})
	keepalive.NewSshKeepalive(web, jsii.String("SshKeepalive"), &keepalive.SshKeepaliveProps{
		Targets: &[]keepalive.SshKeepaliveTarget{keepalive.SshKeepaliveTarget_NewInstance(webServer, nil)},
	})

	// An existing instance is not stopped, started or replaced.
	database := awscdk.NewStack(app, jsii.String("Database"), nil)
	databaseServer := awsec2.NewInstance(database, jsii.String("Instance"), &awsec2.InstanceProps{
		Vpc:          awsec2.NewVpc(database, jsii.String("Vpc"), nil),
		InstanceType: awsec2.NewInstanceType(jsii.String("t3.micro")),
		MachineImage: awsec2.MachineImage_LatestAmazonLinux2(nil),
	})
	keepalive.NewSshKeepalive(database, jsii.String("SshKeepalive"), &keepalive.SshKeepaliveProps{
		Keepalive: keepalive.ServerKeepalive_Of(&keepalive.ServerKeepaliveProps{
			Interval: awscdk.Duration_Seconds(jsii.Number(30)),
			CountMax: jsii.Number(240),
		}),
		Targets: &[]keepalive.SshKeepaliveTarget{
			keepalive.SshKeepaliveTarget_ExistingInstance(databaseServer),
			keepalive.SshKeepaliveTarget_Tag(jsii.String("ssh-keepalive"), jsii.String("true")),
		},
	})

	// Every instance of a stack or an app. This is the last line that adds instances.
	bastion := awscdk.NewStack(app, jsii.String("Bastion"), nil)
	awsec2.NewBastionHostLinux(bastion, jsii.String("Host"), &awsec2.BastionHostLinuxProps{
		Vpc: awsec2.NewVpc(bastion, jsii.String("Vpc"), nil),
	})
	awscdk.Mixins_Of(bastion, nil).Apply(keepalive.NewSshKeepaliveMixin(nil))

	// The settings for ~/.ssh/config.
	keepalive.NewSshClientConfigStack(app, jsii.String("SshClientConfig"), &keepalive.SshClientConfigStackProps{
		Hosts: &[]keepalive.SshHost{
			keepalive.SshHost_SessionManager(jsii.String("web"), webServer, &keepalive.SessionManagerSshHostProps{
				User: jsii.String("ec2-user"),
			}),
		},
	})
	app.Synth(nil)
}

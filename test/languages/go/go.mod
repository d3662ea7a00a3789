module example.com/keepalive-app

go 1.25

require (
	github.com/aws/aws-cdk-go/awscdk/v2 v2.241.0
	github.com/aws/jsii-runtime-go v1.140.0
	github.com/cdk-ssh-keepalive/cdk-ssh-keepalive-go/cdksshkeepalive v0.1.0
)

replace github.com/cdk-ssh-keepalive/cdk-ssh-keepalive-go/cdksshkeepalive => ../cdk-ssh-keepalive/dist/go/cdksshkeepalive

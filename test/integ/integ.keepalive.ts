// `npm run integ`: the construct in a real account, on an instance of Amazon Linux 2023 from its first boot on, and on one of
// Ubuntu that only State Manager configures. The assertions wait for the association's result, then check each instance.
import { ExpectedResult, IntegTest, Match } from '@aws-cdk/integ-tests-alpha';
import { App, CfnOutput, Duration, Fn, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { SshKeepalive, SshKeepaliveTarget } from 'cdk-ssh-keepalive';

const UBUNTU = '/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id';

const app = new App();
const stack = new Stack(app, 'SshKeepaliveInteg');
const vpc = new ec2.Vpc(stack, 'Vpc', {
  maxAzs: 1,
  natGateways: 0,
  subnetConfiguration: [{ name: 'Public', subnetType: ec2.SubnetType.PUBLIC }],
  restrictDefaultSecurityGroup: false,
});
const images = {
  AmazonLinux2023: ec2.MachineImage.latestAmazonLinux2023(),
  Ubuntu: ec2.MachineImage.fromSsmParameter(UBUNTU, { os: ec2.OperatingSystemType.LINUX }),
};
const instances = Object.entries(images).map(([id, machineImage]) => {
  const instanceType = ec2.InstanceType.of(ec2.InstanceClass.T3, ec2.InstanceSize.MICRO);
  const instance = new ec2.Instance(stack, id, { vpc, instanceType, machineImage, requireImdsv2: true });
  new CfnOutput(stack, `${id}Id`, { value: instance.instanceId });
  return instance;
});
const [amazonLinux, ubuntu] = instances as [ec2.Instance, ec2.Instance];
const keepalive = new SshKeepalive(stack, 'SshKeepalive', {
  targets: [SshKeepaliveTarget.newInstance(amazonLinux), SshKeepaliveTarget.existingInstance(ubuntu)],
});

const { assertions } = new IntegTest(app, 'SshKeepalive', { testCases: [stack], stackUpdateWorkflow: false });

const applied = assertions
  .awsApiCall('SSM', 'describeAssociation', { AssociationId: Fn.select(0, keepalive.associationIds) })
  .expect(
    ExpectedResult.objectLike({
      AssociationDescription: { Overview: { AssociationStatusAggregatedCount: { Success: instances.length } } },
    }),
  )
  .waitForAssertions({ totalTimeout: Duration.minutes(15), interval: Duration.seconds(30) });

for (const { instanceId } of instances) {
  const check = assertions.awsApiCall('SSM', 'sendCommand', {
    DocumentName: keepalive.documentName,
    InstanceIds: [instanceId],
    Parameters: { Action: ['Check'] },
  });
  const result = assertions
    .awsApiCall('SSM', 'getCommandInvocation', {
      CommandId: check.getAttString('Command.CommandId'),
      InstanceId: instanceId,
    })
    .expect(
      ExpectedResult.objectLike({
        Status: 'Success',
        StandardOutputContent: Match.stringLikeRegexp('^cdk-ssh-keepalive verdict=compliant interval=60 countmax=120 '),
      }),
    )
    .waitForAssertions({ totalTimeout: Duration.minutes(5), interval: Duration.seconds(10) });
  applied.next(check).next(result);
}

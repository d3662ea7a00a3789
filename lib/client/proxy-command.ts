// The two commands that connect ssh to an instance without an open port. Without quotes and without `sh -c`, so that sh,
// cmd.exe and Git Bash run the same text. A shell runs the result: the caller has validated the region and the profile.
import { type BoundedText, concat } from './bounded-text';

/** Through Session Manager; ssh replaces %h by the instance's id and %p by the port. */
export function sessionManagerCommand(region: BoundedText, profile?: string): BoundedText {
  return concat(
    'aws ssm start-session --target %h --document-name AWS-StartSSHSession --parameters portNumber=%p',
    ...options(region, profile),
  );
}

/** Through an EC2 Instance Connect Endpoint of the instance's VPC. */
export function instanceConnectEndpointCommand(region: BoundedText, profile?: string): BoundedText {
  return concat('aws ec2-instance-connect open-tunnel --instance-id %h --remote-port %p', ...options(region, profile));
}

function options(region: BoundedText, profile?: string): (string | BoundedText)[] {
  return [' --region ', region, profile === undefined ? '' : ` --profile ${profile}`];
}

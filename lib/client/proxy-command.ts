// The two commands that carry ssh to an instance without an open port. Without quotes and without `sh -c`, so that sh,
// cmd.exe and Git Bash run the same text. Whoever passes a region or a profile has checked it: a shell reads the result.
import { type BoundedText, concat } from './bounded-text';

/** Through Session Manager; ssh puts the instance's id for %h and the port for %p. */
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

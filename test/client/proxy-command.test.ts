import { bounded } from '../../lib/client/bounded-text';
import { instanceConnectEndpointCommand, sessionManagerCommand } from '../../lib/client/proxy-command';

const region = bounded('eu-west-1', 25);

test('Session Manager is reached by the AWS CLI, with the id and the port that ssh puts', () => {
  expect(sessionManagerCommand(region).text).toBe(
    'aws ssm start-session --target %h --document-name AWS-StartSSHSession --parameters portNumber=%p --region eu-west-1',
  );
});

test('an Instance Connect Endpoint is reached by the AWS CLI, with the id and the port that ssh puts', () => {
  expect(instanceConnectEndpointCommand(region).text).toBe(
    'aws ec2-instance-connect open-tunnel --instance-id %h --remote-port %p --region eu-west-1',
  );
});

describe.each([sessionManagerCommand, instanceConnectEndpointCommand])('%p', (command) => {
  test('names a profile when there is one', () => {
    expect(command(region, 'dev').text).toMatch(/ --region eu-west-1 --profile dev$/);
    expect(command(region).text).not.toContain('--profile');
  });

  test('means the same to sh and to cmd.exe, because no character in it means anything to either', () => {
    expect(command(region, 'dev').text).toMatch(/^[A-Za-z0-9 =%-]+$/);
  });

  test('counts the region by its bound', () => {
    const { text, maxBytes } = command(region);
    expect(maxBytes).toBe(text.length - 'eu-west-1'.length + 25);
  });
});

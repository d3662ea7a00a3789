import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { RateLimit, SshKeepalive, SshKeepaliveTarget } from '../../lib';

const TAGGED = SshKeepaliveTarget.tag('team', 'web');

test.each([
  [RateLimit.count(0), '0'],
  [RateLimit.count(9_999_999), '9999999'],
  [RateLimit.percentage(0), '0%'],
  [RateLimit.percentage(100), '100%'],
  [RateLimit.expression('5'), '5'],
  [RateLimit.expression('10%'), '10%'],
])('%s is %s', (limit, expected) => {
  expect(limit.expressionString).toBe(expected);
  expect(String(limit)).toBe(expected);
});

test('tokens of numbers and strings become references', () => {
  const stack = new Stack(new App(), 'Web');
  const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
  const text = new CfnParameter(stack, 'Text').valueAsString;
  const targets = [TAGGED];
  new SshKeepalive(stack, 'Count', { targets, maxConcurrency: RateLimit.count(number) });
  new SshKeepalive(stack, 'Percentage', {
    targets: [SshKeepaliveTarget.tag('team', 'db')],
    maxConcurrency: RateLimit.percentage(number),
    maxErrors: RateLimit.expression(text),
  });
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::SSM::Association', { MaxConcurrency: { Ref: 'Number' }, MaxErrors: '10%' });
  template.hasResourceProperties('AWS::SSM::Association', {
    MaxConcurrency: { 'Fn::Join': ['', [{ Ref: 'Number' }, '%']] },
    MaxErrors: { Ref: 'Text' },
  });
});

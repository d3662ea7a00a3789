import { Template } from 'aws-cdk-lib/assertions';
import { load, synthesize } from './examples';

it('Settings from parameters arrive at the association as they are', () => {
  const template = Template.fromJSON(synthesize(load('settings-from-parameters')).Web!);
  template.hasParameter('ClientAliveInterval', { Type: 'Number', Default: 60 });
  template.hasResourceProperties('AWS::SSM::Association', {
    Parameters: {
      ClientAliveInterval: [{ Ref: 'ClientAliveInterval' }],
      ClientAliveCountMax: ['{{resolve:ssm:/baseline/ssh/count-max:3}}'],
    },
  });
});

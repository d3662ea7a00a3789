import { Template } from 'aws-cdk-lib/assertions';
import { synthesizeExample } from './synthesize';

it('Settings from parameters arrive at the association as they are', () => {
  const template = Template.fromJSON(JSON.parse(synthesizeExample('settings-from-parameters').Web ?? '') as object);
  template.hasParameter('ClientAliveInterval', { Type: 'Number', Default: 60 });
  template.hasResourceProperties('AWS::SSM::Association', {
    Parameters: {
      ClientAliveInterval: [{ Ref: 'ClientAliveInterval' }],
      ClientAliveCountMax: ['{{resolve:ssm:/baseline/ssh/count-max:3}}'],
    },
  });
});

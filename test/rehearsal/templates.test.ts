import type { Template } from '../../bin/rehearsal/templates';
import { extract } from '../../bin/rehearsal/templates';

const SERVER: Template = {
  Resources: {
    Document: {
      Type: 'AWS::SSM::Document',
      Properties: { Content: { mainSteps: [{ inputs: { runCommand: ['echo one', '', 'echo two'] } }] } },
    },
    Association: {
      Type: 'AWS::SSM::Association',
      Properties: { Parameters: { Action: ['Apply'], ClientAliveInterval: ['2'], ClientAliveCountMax: [120] } },
    },
    Instance: { Type: 'AWS::EC2::Instance', Properties: { UserData: { 'Fn::Base64': '#!/bin/bash\necho boot' } } },
  },
};
const client = (Value: unknown): Template => ({
  Resources: { Snippet: { Type: 'AWS::SSM::Parameter', Properties: { Value } } },
});

describe('extract', () => {
  it('returns scripts, parameters and snippet as they are on an instance and a laptop', () => {
    expect(extract(SERVER, client('Host *\n'))).toEqual({
      firstBoot: '#!/bin/bash\necho boot',
      documentScript: 'echo one\n\necho two\n',
      parameters: { SSM_Action: 'Apply', SSM_ClientAliveInterval: '2', SSM_ClientAliveCountMax: '120' },
      clientSnippet: 'Host *\n',
    });
  });

  it('joins a snippet with the Region', () => {
    const value = { 'Fn::Join': ['', ['--region ', { Ref: 'AWS::Region' }, '\nHost *\n']] };
    expect(extract(SERVER, client(value)).clientSnippet).toBe('--region us-east-1\nHost *\n');
  });

  it('throws for values that are known at deployment only', () => {
    expect(() => extract(SERVER, client({ 'Fn::GetAtt': ['Web', 'PublicDnsName'] }))).toThrow(
      'The client snippet must be known before deployment, got: {"Fn::GetAtt"',
    );
  });

  it.each(['AWS::SSM::Document', 'AWS::SSM::Association', 'AWS::EC2::Instance'])(
    'throws when %s is missing',
    (type) => {
      const Resources = Object.fromEntries(Object.entries(SERVER.Resources).filter(([, { Type }]) => Type !== type));
      expect(() => extract({ Resources }, client(''))).toThrow(`The template has no ${type}`);
    },
  );

  it('throws with the path of a missing property', () => {
    const Resources = { ...SERVER.Resources, Instance: { Type: 'AWS::EC2::Instance', Properties: {} } };
    expect(() => extract({ Resources }, client(''))).toThrow(
      "The template's AWS::EC2::Instance has no UserData.Fn::Base64",
    );
  });
});

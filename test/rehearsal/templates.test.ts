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
  it('takes scripts, parameters and snippet as an instance and a laptop would get them', () => {
    expect(extract(SERVER, client('Host *\n'))).toEqual({
      firstBoot: '#!/bin/bash\necho boot',
      documentScript: 'echo one\n\necho two\n',
      parameters: { SSM_Action: 'Apply', SSM_ClientAliveInterval: '2', SSM_ClientAliveCountMax: '120' },
      clientSnippet: 'Host *\n',
    });
  });

  it('joins a snippet that names the region', () => {
    const value = { 'Fn::Join': ['', ['--region ', { Ref: 'AWS::Region' }, '\nHost *\n']] };
    expect(extract(SERVER, client(value)).clientSnippet).toBe('--region us-east-1\nHost *\n');
  });

  it('refuses what only a deployment knows', () => {
    expect(() => extract(SERVER, client({ 'Fn::GetAtt': ['Web', 'PublicDnsName'] }))).toThrow(
      'The client snippet is known only after a deployment, so it cannot be tried out here: {"Fn::GetAtt"',
    );
  });

  it.each(['AWS::SSM::Document', 'AWS::SSM::Association', 'AWS::EC2::Instance'])('misses %s', (type) => {
    const Resources = Object.fromEntries(Object.entries(SERVER.Resources).filter(([, { Type }]) => Type !== type));
    expect(() => extract({ Resources }, client(''))).toThrow(`The template has no ${type}`);
  });

  it('misses a property by its path', () => {
    const Resources = { ...SERVER.Resources, Instance: { Type: 'AWS::EC2::Instance', Properties: {} } };
    expect(() => extract({ Resources }, client(''))).toThrow(
      "The template's AWS::EC2::Instance has no UserData.Fn::Base64",
    );
  });
});

import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import { snippetOfOutputs } from '../../../../bin/cli/client/snippet/outputs-file';
import { SshClientConfig, SshClientConfigStack } from '../../../../lib';

function refusal(stacks: unknown, stack?: string): string {
  try {
    snippetOfOutputs(JSON.stringify(stacks), 'outputs.json', stack);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('was taken');
}

/** The ids of the outputs of a stack, in the order of their parts. */
function outputIds(stack: Stack): string[] {
  return Object.keys(Template.fromStack(stack).findOutputs('*'));
}

/** An output for each id, whose value tells its place. */
function outputs(ids: readonly string[]): Record<string, string> {
  return Object.fromEntries(ids.map((id, index) => [id, `part ${index + 1}`]));
}

test('The snippet of the companion stack is found', () => {
  const ids = outputIds(new SshClientConfigStack(new App(), 'SshClientConfig'));
  expect(snippetOfOutputs(JSON.stringify({ Any: outputs(ids) }), 'outputs.json', undefined)).toEqual({
    stack: 'Any',
    text: 'part 1',
  });
});

test.each(['SshClientConfig', 'MySshConfig', 'SshConfig2', 'C'])(
  'so is the one of a construct %s in any other stack, in all its parts',
  (id) => {
    const stack = new Stack(new App(), 'Web');
    const config = new SshClientConfig(new Construct(stack, 'Nested'), id);
    // What a snippet of more than 1,024 bytes has.
    for (const part of [2, 3]) new CfnOutput(config, `SshConfig${part}`, { value: 'x' });
    const all = { ...outputs(outputIds(stack)), InstanceId: 'i-0123', SshConfigure12345: 'no' };
    expect(snippetOfOutputs(JSON.stringify({ Web: all }), 'outputs.json', 'Web').text).toBe('part 1\npart 2\npart 3');
  },
);

test('Hashes that begin with digits are not taken for the number of a part', () => {
  const found = { WebSshConfig12345678: 'part 1', WebSshConfig223456789: 'part 2', WebSshConfig3ABCDEF01: 'part 3' };
  expect(snippetOfOutputs(JSON.stringify({ Web: found }), 'outputs.json', undefined).text).toBe(
    'part 1\npart 2\npart 3',
  );
});

test('Among several stacks one is chosen by its name, and never by chance', () => {
  const stacks = { A: { SshConfig: 'a' }, B: { SshConfig: 'b' }, C: { Other: 'c' } };
  expect(snippetOfOutputs(JSON.stringify(stacks), 'outputs.json', 'B').text).toBe('b');
  expect(refusal(stacks)).toBe(
    "outputs.json holds the snippets of 2 stacks. Choose with --stack. Stacks with an output SshConfig there: 'A', 'B'.",
  );
  expect(refusal(stacks, 'C')).toContain("no outputs SshConfig of a stack 'C'");
  expect(refusal({ C: stacks.C }, 'C')).toContain('there: none.');
});

test.each([
  [{}, 'holds no snippet'],
  [{ A: 'text' }, 'holds no snippet'],
  [{ A: null }, 'holds no snippet'],
  [{ A: { SshConfig: 'a', SshConfig3: 'c' } }, 'has an output SshConfig3 and no part 2'],
  [{ A: { SshConfig2: 'b' } }, 'has an output SshConfig2 and no part 1'],
  [{ A: { OneSshConfig00000000: 'a', TwoSshConfig00000000: 'b' } }, 'has more than one SshClientConfig'],
  [{ A: { SshConfig: 60 } }, 'that is not text'],
])('%j is refused', (stacks, why) => {
  expect(refusal(stacks)).toContain(why);
});

test('JSON that is none is refused', () => {
  expect(() => snippetOfOutputs('{', 'outputs.json', undefined)).toThrow('outputs.json begins like JSON, but is not');
});

test('A synthesized template is named as what it is, with what is expected', () => {
  const template = Template.fromStack(new SshClientConfigStack(new App(), 'SshClientConfig')).toJSON();
  expect(refusal(template)).toBe(
    'outputs.json is a CloudFormation template, whose values are not known before it is deployed. Give the file that ' +
      'cdk deploy --all --outputs-file outputs.json writes.',
  );
  const ofStack = JSON.stringify({ Resources: { SshConfig: 'part 1' } });
  expect(snippetOfOutputs(ofStack, 'outputs.json', undefined)).toEqual({ stack: 'Resources', text: 'part 1' });
});

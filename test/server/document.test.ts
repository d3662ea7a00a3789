import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { addDocument } from '../../lib/server/document';
import { DOCUMENT_SCRIPT } from '../../lib/server/scripts';

interface Content {
  readonly schemaVersion: string;
  readonly description: string;
  readonly parameters: Record<string, { default: string; allowedPattern: string; interpolationType: string }>;
  readonly mainSteps: { inputs: { runCommand: string[] } }[];
}

const stack = new Stack();
addDocument(stack, 'Document');
const [document] = Object.values(Template.fromStack(stack).findResources('AWS::SSM::Document'));
const properties = (document as { Properties: Record<string, unknown> }).Properties;
const content = properties.Content as Content;

/** Whether Systems Manager accepts a value. These patterns have the same meaning in RE2. */
const passes = (parameter: string, value: string): boolean =>
  new RegExp(content.parameters[parameter]?.allowedPattern ?? 'no such parameter').test(value);

describe('The document', () => {
  it('has no name of its own, so that CloudFormation can replace it when its content changes, and no tags by default', () => {
    expect(Object.keys(properties).sort()).toEqual(['Content', 'DocumentFormat', 'DocumentType']);
    expect([properties.DocumentFormat, properties.DocumentType]).toEqual(['JSON', 'Command']);
  });

  it('is readable for a reviewer: one step for Linux, the script line by line, three parameters', () => {
    const { mainSteps, ...head } = content;
    expect({
      ...head,
      mainSteps: mainSteps.map(({ inputs, ...step }) => ({ ...step, inputs: { ...inputs, runCommand: '...' } })),
    }).toMatchSnapshot();
    expect(mainSteps[0]?.inputs.runCommand.join('\n') + '\n').toBe(DOCUMENT_SCRIPT);
  });

  it('is smaller than the limit of 64 KB', () => {
    expect(JSON.stringify(content).length).toBeLessThan(64 * 1024);
  });

  it('passes its parameters as environment variables', () => {
    expect(Object.values(content.parameters).map(({ interpolationType }) => interpolationType)).toEqual(
      Array(3).fill('ENV_VAR'),
    );
  });

  it('has defaults that its own patterns accept', () => {
    for (const [name, parameter] of Object.entries(content.parameters))
      expect(passes(name, parameter.default)).toBe(true);
  });

  it.each([
    ['Action', ['Apply', 'Check', 'Remove'], ['', 'apply', 'Apply;id', ' Apply', 'Applyx', 'Apply\nid']],
    [
      'ClientAliveInterval',
      ['1', '9', '60', '350', '9999', '10000', '79999', '80000', '85999', '86000', '86399', '86400'],
      [
        '',
        '0',
        '00',
        '060',
        '86401',
        '86500',
        '87000',
        '90000',
        '100000',
        '-1',
        '1.5',
        '1m',
        '60 ',
        '$(id)',
        '6٠',
        '60\n',
        '60\nid',
      ],
    ],
    [
      'ClientAliveCountMax',
      ['1', '120', '9999', '10000'],
      ['', '0', '010', '10001', '11000', '99999', '3;id', '`id`', '5\n'],
    ],
  ])('allows valid values of %s only', (name, good, bad) => {
    expect(good.filter((value) => !passes(name, value))).toEqual([]);
    expect(bad.filter((value) => passes(name, value))).toEqual([]);
  });
});

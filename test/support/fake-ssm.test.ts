// The fake Systems Manager, as the real SDK sees it.
import { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import {
  CancelCommandCommand,
  DescribeAssociationExecutionTargetsCommand,
  DescribeAssociationExecutionsCommand,
  DescribeInstanceAssociationsStatusCommand,
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  GetDocumentCommand,
  GetParametersByPathCommand,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
  ListDocumentsCommand,
  ListResourceComplianceSummariesCommand,
  SSMClient,
  SendCommandCommand,
  type SendCommandCommandInput,
  paginateListCommandInvocations,
} from '@aws-sdk/client-ssm';
import { type Deployed, deployToFake } from './deploy-to-fake';
import { FakeSystemsManager } from './fake-ssm/fake-ssm';
import { SimulatedMachine, type SimulatedProps } from './fake-ssm/simulated-machine';

let fake: FakeSystemsManager;
let ssm: SSMClient;
let tagging: ResourceGroupsTaggingAPIClient;
let deployed: Deployed;
const idOf = (n: number): string => `i-${n.toString(16).padStart(17, '0')}`;

beforeEach(async () => {
  fake = await FakeSystemsManager.start({ secondMs: 2 });
  const config = {
    region: 'eu-west-1',
    endpoint: fake.env.AWS_ENDPOINT_URL,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
  };
  ssm = new SSMClient(config);
  tagging = new ResourceGroupsTaggingAPIClient(config);
  deployed = deployToFake(fake);
});
afterEach(async () => {
  ssm.destroy();
  tagging.destroy();
  await fake.stop();
});

function addNodes(count: number, props: SimulatedProps = {}): void {
  for (let n = 1; n <= count; n++) fake.nodes.add({ id: idOf(n), run: new SimulatedMachine(props).run });
}

/** Sends to the tag unless the request has other targets, and waits until the command has ended. */
async function send(request: Partial<SendCommandCommandInput> = {}): Promise<string> {
  const targets = request.InstanceIds ? undefined : [{ Key: 'tag:cdk-ssh-keepalive', Values: ['Web/SshKeepalive'] }];
  const { Command } = await ssm.send(
    new SendCommandCommand({ DocumentName: deployed.documentName, Targets: targets, ...request }),
  );
  const CommandId = Command?.CommandId ?? '';
  for (;;) {
    const { Commands: [command] = [] } = await ssm.send(new ListCommandsCommand({ CommandId }));
    if (command && !/^(Pending|InProgress|Cancelling)$/.test(command.Status ?? '')) return CommandId;
  }
}

describe('Run Command', () => {
  test('runs the document on every node, and lists the results in pages of 50', async () => {
    addNodes(120);
    const CommandId = await send({ Parameters: { Action: ['Check'] } });
    const pages = [];
    for await (const page of paginateListCommandInvocations(
      { client: ssm, pageSize: 50 },
      { CommandId, Details: true },
    )) {
      pages.push(page.CommandInvocations ?? []);
    }
    expect(pages.map(({ length }) => length)).toEqual([50, 50, 20]);
    expect(new Set(pages.flat().map(({ InstanceId }) => InstanceId)).size).toBe(120);
    expect(pages[0]?.[0]).toMatchObject({ Status: 'Success', StatusDetails: 'Success' });
    expect(pages[0]?.[0]?.CommandPlugins?.[0]?.Output).toMatch(
      /^cdk-ssh-keepalive verdict=compliant interval=60 countmax=120 /,
    );
  });

  test('a drifted node has failed; its output has stdout, a title and stderr', async () => {
    addNodes(1, { interval: 0, countMax: 3 });
    const CommandId = await send({ Parameters: { Action: ['Check'] }, MaxErrors: '100%' });
    const result = await ssm.send(new GetCommandInvocationCommand({ CommandId, InstanceId: idOf(1) }));
    expect(result).toMatchObject({ Status: 'Failed', ResponseCode: 1, PluginName: 'sshKeepalive' });
    expect(result.StandardErrorContent).toMatch(/failed to run commands: exit status 1$/);
    const { CommandInvocations } = await ssm.send(new ListCommandInvocationsCommand({ CommandId, Details: true }));
    expect(CommandInvocations?.[0]?.CommandPlugins?.[0]?.Output).toMatch(
      /^cdk-ssh-keepalive verdict=drifted [^]*\n----------ERROR-------\ncdk-ssh-keepalive verdict=drifted /,
    );
  });

  test('more errors than MaxErrors terminate the rest, one node at a time by MaxConcurrency', async () => {
    addNodes(10, { interval: 0, countMax: 3 });
    const CommandId = await send({ Parameters: { Action: ['Check'] }, MaxErrors: '2', MaxConcurrency: '1' });
    const { CommandInvocations = [] } = await ssm.send(new ListCommandInvocationsCommand({ CommandId }));
    expect(CommandInvocations.map(({ StatusDetails }) => StatusDetails)).toEqual([
      ...Array<string>(3).fill('Failed'),
      ...Array<string>(7).fill('Terminated'),
    ]);
    const { Commands } = await ssm.send(new ListCommandsCommand({ CommandId }));
    expect(Commands?.[0]).toMatchObject({ Status: 'Failed', TargetCount: 10, CompletedCount: 10, ErrorCount: 3 });
  });

  test('a node that is offline times out after the delivery time-out, and a tag without nodes ends at once', async () => {
    fake.nodes.add({ id: idOf(1), ping: 'ConnectionLost', run: new SimulatedMachine().run });
    const CommandId = await send({ TimeoutSeconds: 30 });
    const { Commands } = await ssm.send(new ListCommandsCommand({ CommandId }));
    expect(Commands?.[0]).toMatchObject({ Status: 'TimedOut', StatusDetails: 'DeliveryTimedOut', ErrorCount: 0 });
    const none = await send({ Targets: [{ Key: 'tag:none', Values: ['x'] }] });
    const { Commands: empty } = await ssm.send(new ListCommandsCommand({ CommandId: none }));
    expect(empty?.[0]).toMatchObject({ StatusDetails: 'NoInstancesInTag', TargetCount: 0 });
  });

  test('a step whose precondition is not met is a success without a verdict', async () => {
    fake.nodes.add({ id: idOf(1), platform: 'Windows', run: new SimulatedMachine().run });
    const CommandId = await send();
    const result = await ssm.send(new GetCommandInvocationCommand({ CommandId, InstanceId: idOf(1) }));
    expect(result).toMatchObject({ Status: 'Success', ResponseCode: 0 });
    expect(result.StandardOutputContent).toMatch(/^Step execution skipped due to unsatisfied preconditions/);
  });

  test('an agent before 3.3.2746.0 substitutes the parameters in the text, a later one sets variables', async () => {
    const seen: [string, Readonly<Record<string, string>>][] = [];
    for (const [n, agentVersion] of ['3.3.2299.0', '3.3.2746.0'].entries()) {
      const run = (script: string, env: Readonly<Record<string, string>>): ReturnType<SimulatedMachine['run']> => {
        seen.push([script, env]);
        return Promise.resolve({ status: 0, stdout: '', stderr: '' });
      };
      fake.nodes.add({ id: idOf(n + 1), agentVersion, run });
    }
    await send({ Parameters: { Action: ['Remove'] }, MaxConcurrency: '1' });
    const [before, after] = seen;
    expect(before?.[0]).toContain("SSM_Action <<'END_OF_VALUE'\nRemove\n");
    expect(before?.[1]).toEqual({});
    expect(after?.[0]).toContain("SSM_Action <<'END_OF_VALUE'\n{{Action}}\n");
    expect(after?.[1]).toEqual({ SSM_Action: 'Remove', SSM_ClientAliveInterval: '60', SSM_ClientAliveCountMax: '120' });
  });

  test.each([
    [168, 'Success', 1],
    [194, 'Failed', 4],
    [137, 'ExecutionTimedOut', 1],
    [3, 'Failed', 1],
  ])('exit status %i is %s', async (status, details, runs) => {
    let count = 0;
    const run = (): ReturnType<SimulatedMachine['run']> => {
      count++;
      return Promise.resolve({ status, stdout: 'x'.repeat(30_000), stderr: '' });
    };
    fake.nodes.add({ id: idOf(1), run });
    const CommandId = await send();
    const result = await ssm.send(new GetCommandInvocationCommand({ CommandId, InstanceId: idOf(1) }));
    expect([result.StatusDetails, count]).toEqual([details, runs]);
    expect(result.StandardOutputContent).toMatch(/^x{23980}--output truncated--$/);
    const { CommandInvocations } = await ssm.send(new ListCommandInvocationsCommand({ CommandId, Details: true }));
    expect(CommandInvocations?.[0]?.CommandPlugins?.[0]?.Output?.length).toBeLessThanOrEqual(2500);
  });

  test('CancelCommand ends what runs and what is pending', async () => {
    addNodes(3, { runMs: 60_000 });
    const { Command } = await ssm.send(
      new SendCommandCommand({
        DocumentName: deployed.documentName,
        InstanceIds: [1, 2, 3].map(idOf),
        MaxConcurrency: '1',
      }),
    );
    const CommandId = Command?.CommandId ?? '';
    await ssm.send(new CancelCommandCommand({ CommandId }));
    await new Promise((resolve) => setImmediate(resolve));
    const { Commands } = await ssm.send(new ListCommandsCommand({ CommandId }));
    expect(Commands?.[0]).toMatchObject({ Status: 'Cancelled', CompletedCount: 3 });
  });

  test.each<[string, object, string]>([
    ['51 ids', { InstanceIds: Array.from({ length: 51 }, (_, n) => idOf(n)) }, 'ThrottlingException'],
    [
      '6 targets',
      { Targets: Array.from({ length: 6 }, (_, n) => ({ Key: `tag:${n}`, Values: ['x'] })) },
      'ValidationException',
    ],
    ['an id that is none', { InstanceIds: ['web'] }, 'ValidationException'],
    ['an unknown node', { InstanceIds: [idOf(99)] }, 'InvalidInstanceId'],
    ['a delivery time-out below 30 s', { TimeoutSeconds: 29 }, 'ValidationException'],
    ['a limit that is none', { MaxErrors: '101%' }, 'ValidationException'],
    ['a comment that is too long', { Comment: 'x'.repeat(101) }, 'ValidationException'],
    ['a parameter that the document does not have', { Parameters: { interval: ['60'] } }, 'InvalidParameters'],
    ['a value that the document does not allow', { Parameters: { ClientAliveInterval: ['0'] } }, 'InvalidParameters'],
    ['another document', { DocumentName: 'None' }, 'InvalidDocument'],
  ])('refuses %s', async (_, request, name) => {
    await expect(send(request)).rejects.toMatchObject({ name });
  });

  test('is eventually consistent: what was sent is not found at first', async () => {
    addNodes(2);
    fake.faults.lag = { ListCommands: 1, ListCommandInvocations: 1, GetCommandInvocation: 1 };
    fake.faults.incompleteLists = 1;
    const CommandId = await send();
    const list = async (): Promise<number> =>
      (await ssm.send(new ListCommandInvocationsCommand({ CommandId }))).CommandInvocations?.length ?? 0;
    expect([await list(), await list(), await list()]).toEqual([0, 1, 2]);
    const get = (): Promise<unknown> => ssm.send(new GetCommandInvocationCommand({ CommandId, InstanceId: idOf(1) }));
    await expect(get()).rejects.toMatchObject({ name: 'InvocationDoesNotExist' });
    expect(await get()).toMatchObject({ Status: 'Success' });
  });
});

describe('State Manager', () => {
  test('keeps the executions of an association with the result of each node, and no stdout', async () => {
    addNodes(60, { interval: 0, countMax: 3, failure: { reason: 'overridden', text: 'A Match block.' } });
    const [AssociationId = ''] = deployed.associationIds;
    await fake.associations.run(AssociationId);
    await fake.associations.run(AssociationId, [idOf(60)]);
    const { AssociationExecutions = [] } = await ssm.send(new DescribeAssociationExecutionsCommand({ AssociationId }));
    const newest = AssociationExecutions.sort((a, b) => Number(b.CreatedTime) - Number(a.CreatedTime));
    expect(newest.map(({ ResourceCountByStatus }) => ResourceCountByStatus)).toEqual(['{Failed=1}', '{Failed=60}']);
    const { AssociationExecutionTargets, NextToken } = await ssm.send(
      new DescribeAssociationExecutionTargetsCommand({ AssociationId, ExecutionId: newest[1]?.ExecutionId }),
    );
    expect([AssociationExecutionTargets?.length, NextToken]).toEqual([50, expect.any(String)]);
    const { InstanceAssociationStatusInfos: [info] = [] } = await ssm.send(
      new DescribeInstanceAssociationsStatusCommand({ InstanceId: idOf(1) }),
    );
    expect(info).toMatchObject({ AssociationId, Status: 'Failed', AssociationName: 'cdk-ssh-keepalive' });
    expect(info?.ExecutionSummary).toMatch(
      /^1 out of 1 plugin processed, 0 success, 1 failed, 0 timedout, 0 skipped\. \nThe operation sshKeepalive failed because cdk-ssh-keepalive verdict=failed /,
    );
    expect(info?.ExecutionSummary?.length).toBeLessThanOrEqual(510);
    const { ResourceComplianceSummaryItems } = await ssm.send(new ListResourceComplianceSummariesCommand({}));
    expect(ResourceComplianceSummaryItems?.[0]?.Status).toBe('NON_COMPLIANT');
  });
});

describe('Nodes', () => {
  test('that never registered are tagged resources, and unknown to Systems Manager', async () => {
    addNodes(2);
    fake.nodes.add({ id: idOf(3), ping: 'never', run: new SimulatedMachine().run });
    const TagFilters = [{ Key: 'cdk-ssh-keepalive', Values: ['Web/SshKeepalive'] }];
    const { ResourceTagMappingList } = await tagging.send(
      new GetResourcesCommand({ TagFilters, ResourceTypeFilters: ['ec2:instance'] }),
    );
    expect(ResourceTagMappingList?.map(({ ResourceARN }) => ResourceARN?.split('/')[1])).toEqual([1, 2, 3].map(idOf));
    const filter = { Key: 'tag:cdk-ssh-keepalive', Values: ['Web/SshKeepalive'] };
    const { InstanceInformationList } = await ssm.send(new DescribeInstanceInformationCommand({ Filters: [filter] }));
    expect(InstanceInformationList?.map(({ InstanceId }) => InstanceId)).toEqual([1, 2].map(idOf));
    expect(InstanceInformationList?.[0]).toMatchObject({ PingStatus: 'Online', PlatformType: 'Linux' });
    await expect(ssm.send(new DescribeInstanceInformationCommand({ MaxResults: 4 }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});

test('Documents have their tags and their content, and parameters their values', async () => {
  const { DocumentIdentifiers } = await ssm.send(
    new ListDocumentsCommand({ Filters: [{ Key: 'Owner', Values: ['Self'] }] }),
  );
  expect(DocumentIdentifiers).toMatchObject([
    { Name: deployed.documentName, Tags: [{ Key: 'cdk-ssh-keepalive', Value: 'Web/SshKeepalive' }] },
  ]);
  const { Content = '' } = await ssm.send(new GetDocumentCommand({ Name: deployed.documentName }));
  expect(JSON.parse(Content)).toMatchObject({ schemaVersion: '2.2' });
  fake.parameters.put('/cdk-ssh-keepalive/Web/1', 'Host *');
  const { Parameters } = await ssm.send(new GetParametersByPathCommand({ Path: '/cdk-ssh-keepalive/Web' }));
  expect(Parameters).toEqual([{ Name: '/cdk-ssh-keepalive/Web/1', Type: 'String', Value: 'Host *' }]);
});

describe('By script it', () => {
  const list = (): Promise<unknown> => ssm.send(new ListCommandsCommand({}));

  test('throttles, cuts connections, and refuses credentials that have expired', async () => {
    fake.faults.throttle(1, 'ListCommands');
    await expect(list()).rejects.toMatchObject({ name: 'ThrottlingException' });
    fake.faults.cut(1);
    await expect(list()).rejects.toThrow('socket hang up');
    await list();
    fake.faults.expire();
    await expect(list()).rejects.toMatchObject({ name: 'ExpiredTokenException' });
  });

  test('allows the actions of a policy only', async () => {
    fake.faults.allowedActions = new Set(['ssm:ListDocuments']);
    await expect(list()).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await ssm.send(new ListDocumentsCommand({}));
    expect(fake.calls.map(({ action }) => action)).toEqual(['ssm:ListCommands', 'ssm:ListDocuments']);
  });

  test('takes its time, which is counted', async () => {
    fake.faults.latencyMs = 30;
    await list();
    expect(fake.delayMs).toBeGreaterThanOrEqual(28);
  });
});

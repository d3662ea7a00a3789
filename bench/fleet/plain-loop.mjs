// The loop that people write: one call for each node. `plain-loop.mjs status ASSOCIATION` asks State Manager about each
// instance, `plain-loop.mjs check DOCUMENT` sends the document and asks for the invocation of each. Prints how many are correct.
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeInstanceAssociationsStatusCommand,
  GetCommandInvocationCommand,
  SSMClient,
  SendCommandCommand,
  paginateDescribeInstanceInformation,
} from '@aws-sdk/client-ssm';

const [mode, name] = process.argv.slice(2);
const client = new SSMClient({ maxAttempts: 8 });
const target = { Key: 'tag:cdk-ssh-keepalive', Values: ['Web/SshKeepalive'] };
const ids = [];
for await (const page of paginateDescribeInstanceInformation({ client, pageSize: 50 }, { Filters: [target] })) {
  ids.push(...page.InstanceInformationList.map(({ InstanceId }) => InstanceId));
}

async function status(InstanceId) {
  const found = await client.send(new DescribeInstanceAssociationsStatusCommand({ InstanceId }));
  return found.InstanceAssociationStatusInfos.some(
    ({ AssociationId, Status }) => AssociationId === name && Status === 'Success',
  );
}

async function check(CommandId, InstanceId) {
  for (;;) {
    const { Status, StandardOutputContent } = await client.send(
      new GetCommandInvocationCommand({ CommandId, InstanceId }),
    );
    if (!/^(Pending|InProgress)$/.test(Status)) return StandardOutputContent.includes('verdict=compliant');
    await sleep(1000);
  }
}

let correct = 0;
if (mode === 'status') {
  for (const id of ids) correct += Number(await status(id));
} else {
  const Parameters = { Action: ['Check'] };
  const { Command } = await client.send(
    new SendCommandCommand({
      DocumentName: name,
      Targets: [target],
      Parameters,
      MaxErrors: '100%',
      MaxConcurrency: '100%',
    }),
  );
  for (const id of ids) correct += Number(await check(Command.CommandId, id));
}
console.log(JSON.stringify({ correct }));

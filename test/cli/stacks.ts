import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { QueueName } from '../../cli/deployment-parts.ts';
import type { Queue } from '../../local/queues.ts';

export const STACK = 'TestFanout';

/** What the stack of an importer with these queues says of itself. */
export const outputsOf = (queues: Readonly<Record<QueueName, Queue>>): Readonly<Record<string, string>> => ({
  InboxBucketName: 'inbox',
  WorkBucketName: 'work',
  IntakeQueueUrl: queues.intake.url,
  IntakeDeadLettersUrl: queues.intake.deadLetterUrl,
  ChunksQueueUrl: queues.chunks.url,
  ChunksDeadLettersUrl: queues.chunks.deadLetterUrl,
  ReceiptsQueueUrl: queues.receipts.url,
  ReceiptsDeadLettersUrl: queues.receipts.deadLetterUrl,
});

/** DescribeStacks of CloudFormation, of one stack, and an old one that has no outputs. */
export const startStacks = async (outputs: Readonly<Record<string, string>>) => {
  const server = createServer(async (request, response) => {
    const name = new URLSearchParams(await text(request)).get('StackName') ?? '';
    response.statusCode = [STACK, 'Old'].includes(name) ? 200 : 400;
    response.setHeader('content-type', 'text/xml');
    response.end(
      response.statusCode === 200 ? stackXml(name, name === STACK ? outputs : {}) : missingXml(name),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
};

const stackXml = (name: string, outputs: Readonly<Record<string, string>>): string => {
  const members = Object.entries(outputs).map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  return `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>${name}</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus><Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
};

const missingXml = (name: string): string =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id ${name} does not exist</Message></Error></ErrorResponse>`;

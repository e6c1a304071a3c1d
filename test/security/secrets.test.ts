import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Report } from '../../lib/ledger/report.ts';
import { eventLines, jsonl } from '../local/cloud/events.ts';
import { type ScratchCloud, startScratchCloud } from '../local/cloud/scratch-cloud.ts';
import { type Answer, answerJson, answerPage, type EchoServer, startEchoServer } from './echo-server.ts';
import { canSeeProcesses, childProcesses, filesBeneath, recordMessages } from './traces.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** Characters that JSON, URLs and HTML write in another way. */
const CANARY = 'canary"<&>/+secret';
const ACCOUNT = { serviceAccount: 'canary-user.ab12cd.mp', secret: CANARY, projectId: '4711' };
/** Enough of each spelling that nothing else looks like it. */
const TRACES = [/canary/i, new RegExp(btoa(`${ACCOUNT.serviceAccount}:${CANARY}`).slice(0, 24))];

const taken: Answer = ({ records }, response) =>
  answerJson(response, 200, { code: 200, num_records_imported: records, status: 'OK' });

let server: EchoServer;
let cloud: ScratchCloud;
let logs: string[];
let messages: string[];
afterEach(async () => {
  vi.restoreAllMocks();
  await cloud.close();
  await server.close();
});

interface Run {
  readonly report: Report;
  readonly processes: readonly string[];
}

const run = async (answer: Answer, credentialsJson = JSON.stringify(ACCOUNT)): Promise<Run> => {
  logs = [];
  messages = recordMessages();
  server = await startEchoServer(answer);
  cloud = await startScratchCloud({
    endpoint: server.url,
    backoffFirstMs: 1,
    credentialsJson,
    recipe: { tuning: { workers: 2, memory: 256, verbose: true, abridged: false } },
    onLog: (name, line) => logs.push(`${name}: ${line}`),
    onError: (error) => logs.push(String(error)),
  });
  const path = join(cloud.folder, 'events.jsonl');
  await writeFile(path, jsonl([...eventLines('e', 200), 'not JSON']));
  const report = await cloud.importOne(path);
  const processes = childProcesses();
  await rm(path);
  return { report, processes };
};

const expectNoTrace = async ({ report, processes }: Run): Promise<void> => {
  const files = await filesBeneath(cloud.folder);
  if (canSeeProcesses) expect(processes.join()).toMatch(/^CREDENTIALS_SECRET=/m);
  expect(messages.filter((text) => text.includes('"recipe')).length).toBeGreaterThan(0);
  expect(logs.length).toBeGreaterThan(0);
  expect([...files.keys()].some((path) => path.includes('/reports/'))).toBe(true);
  for (const trace of TRACES) {
    for (const text of [...processes, ...messages, ...logs, JSON.stringify(report)]) {
      expect(text).not.toMatch(trace);
    }
    for (const [path, text] of files) expect(text, path).not.toMatch(trace);
  }
};

describe('a secret', () => {
  it('leaves no trace in variables, messages, logs, reports and rejects when all is well', async () => {
    const ran = await run(taken);
    expect(ran.report.records).toMatchObject({ imported: 200, rejected: 1 });
    expect(server.claims[0]!.credentials).toBe(`${ACCOUNT.serviceAccount}:${CANARY}`);
    await expectNoTrace(ran);
  });

  it.each<[string, string, Answer]>([
    [
      'an HTML page that shows the header',
      'API_UNAUTHORIZED',
      ({ authorization, credentials }, response) =>
        answerPage(response, 401, `You sent ${authorization}, which is <b>${inHtml(credentials)}</b>.`),
    ],
    [
      'JSON that holds the credentials',
      'API_FORBIDDEN',
      ({ credentials }, response) => answerJson(response, 403, { error: `${credentials} may not do that` }),
    ],
    [
      'JSON that spells every character',
      'API_UNAUTHORIZED',
      ({ credentials }, response) => {
        response.writeHead(401, { 'content-type': 'application/json' });
        response.end(`{"error":"${inEscapes(credentials)}"}`);
      },
    ],
    [
      'an address that holds them',
      'API_ENDPOINT_NOT_FOUND',
      ({ credentials }, response) =>
        answerPage(response, 404, `/login?as=${encodeURIComponent(credentials)} is not here`),
    ],
  ])('leaves no trace when it is refused with %s', async (_, code, answer) => {
    const ran = await run(answer);
    expect(ran.report.failures).toMatchObject([{ code, message: expect.stringContaining('***') }]);
    await expectNoTrace(ran);
  });

  it('leaves no trace when the API names it as the reason of a rejection', async () => {
    const ran = await run(({ authorization, credentials, records }, response) =>
      answerJson(response, 400, {
        code: 400,
        num_records_imported: records - 1,
        failed_records: [
          { index: 0, field: 'properties', message: `not for ${credentials} or ${authorization}` },
        ],
      }),
    );
    expect(ran.report.records).toMatchObject({ imported: 199, rejected: 2 });
    expect(Object.keys(ran.report.rejects.byReason).join()).toContain('not for ***');
    await expectNoTrace(ran);
  });

  it.each([
    ['is not JSON', 'canary-secret-without-braces'],
    ['has a space in it', JSON.stringify({ token: 'canary secret' })],
    ['has another field', JSON.stringify({ token: 'canary-secret', canary: 'more' })],
  ])('leaves no trace when it %s', async (_, credentialsJson) => {
    const ran = await run(taken, credentialsJson);
    expect(ran.report.failures).toMatchObject([{ code: 'CREDENTIALS_INVALID' }]);
    expect(server.claims).toEqual([]);
    await expectNoTrace(ran);
  });
});

const inHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const inEscapes = (text: string): string =>
  text.replaceAll(/./gs, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

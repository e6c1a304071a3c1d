import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { fixturePath, hostOf, isRunning, overlapMax, resultOf, type Span } from './fixtures.ts';

interface Description {
  readonly pid: number;
  readonly cwd: string;
  readonly environment: Record<string, string>;
  readonly execArgv: string[];
  readonly context: Record<string, string>;
  readonly remainingMs: number;
}

const describeIn = async (host: ReturnType<typeof hostOf>) =>
  resultOf<Description>(await host.invoke({ action: 'describe' }));

describe('an execution environment', () => {
  it('gives the handler its event and a Lambda context', async () => {
    const host = hostOf('act.mjs', { name: 'sender', timeoutMs: 9_000 });
    const result = await host.invoke({ action: 'describe' });
    const { context, remainingMs, cwd } = resultOf<Description>(result);
    expect(context).toMatchObject({
      awsRequestId: result.requestId,
      functionName: 'sender',
      memoryLimitInMB: '256',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:sender',
    });
    expect(remainingMs).toBeGreaterThan(0);
    expect(remainingMs).toBeLessThanOrEqual(9_000);
    expect(cwd).toBe(dirname(fixturePath('act.mjs')));
  });

  it("sees what it was given and what Lambda sets, and nothing of the host's environment", async () => {
    vi.stubEnv('HOST_SECRET', 'canary');
    onTestFinished(() => void vi.unstubAllEnvs());
    const host = hostOf('act.mjs', { environment: { QUEUE_URL: 'http://queue', AWS_REGION: 'eu-west-1' } });
    const { environment } = await describeIn(host);
    expect(environment).toEqual({
      AWS_ACCESS_KEY_ID: 'local',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_FUNCTION_NAME: 'under-test',
      AWS_REGION: 'eu-west-1',
      AWS_SECRET_ACCESS_KEY: 'local',
      LAMBDA_TASK_ROOT: dirname(fixturePath('act.mjs')),
      QUEUE_URL: 'http://queue',
      TZ: 'UTC',
    });
  });

  it("limits V8's heap by the memory and takes more Node options", async () => {
    const host = hostOf('act.mjs', { memoryMB: 1769, nodeOptions: ['--no-warnings'] });
    expect((await describeIn(host)).execArgv).toEqual([
      '--max-old-space-size=1149',
      '--max-semi-space-size=16',
      '--expose-gc',
      '--no-warnings',
    ]);
  });

  it('is used again, warm, and only its first result has an init time', async () => {
    const host = hostOf('act.mjs', { concurrencyMax: 2 });
    const first = await host.invoke({ action: 'describe' });
    const second = await host.invoke({ action: 'describe' });
    expect(resultOf<Description>(second).pid).toBe(resultOf<Description>(first).pid);
    expect(first.initMs).toBeGreaterThan(0);
    expect(second.initMs).toBeUndefined();
    expect(host.stats()).toMatchObject({ invocations: 2, ok: 2, started: 1, idle: 1, running: 0 });
  });

  it('is replaced when it ended while it was idle', async () => {
    const host = hostOf('act.mjs');
    const { pid } = await describeIn(host);
    await host.invoke({ action: 'exitLater', afterMs: 50 });
    await vi.waitFor(async () => expect((await describeIn(host)).pid).not.toBe(pid), { timeout: 10_000 });
  });
});

describe('a result', () => {
  it.each([{ value: { deep: [1, null, 'é'] } }, { value: null }, { value: 7 }])(
    'carries $value',
    async ({ value }) => {
      const host = hostOf('act.mjs');
      expect(await host.invoke({ action: 'return', value })).toMatchObject({ kind: 'ok', result: value });
    },
  );

  it('is null when the handler returns nothing', async () => {
    const host = hostOf('act.mjs');
    expect(await host.invoke({ action: 'log', stdout: '', stderr: '' })).toMatchObject({
      kind: 'ok',
      result: null,
    });
  });

  it('is an error when the handler throws, and the process lives on', async () => {
    const host = hostOf('act.mjs');
    const result = await host.invoke({ action: 'throw' });
    expect(result).toMatchObject({
      kind: 'error',
      errorType: 'RangeError',
      errorMessage: 'seven is out of range',
    });
    expect(result).toHaveProperty('stack', expect.stringContaining('act.mjs'));
    expect(await host.invoke({ action: 'throwText' })).toMatchObject({
      errorType: 'string',
      errorMessage: 'just text',
    });
    expect(host.stats()).toMatchObject({ errors: 2, started: 1, idle: 1 });
  });

  it('is an error when the value is larger than Lambda allows', async () => {
    const host = hostOf('act.mjs');
    const result = await host.invoke({ action: 'returnBytes', bytes: 6 * 1024 * 1024 });
    expect(result).toMatchObject({ kind: 'error', errorMessage: expect.stringContaining('6291458 bytes') });
  });

  it.each([
    { bundle: 'broken.mjs', message: /Loading .*broken\.mjs failed: a setting is missing/ },
    { bundle: 'absent.mjs', message: /Loading .*absent\.mjs failed: Cannot find module/ },
    {
      bundle: 'no-handler.mjs',
      message: /no-handler\.mjs failed: It exports main, version; .*named handler/,
    },
  ])('is an error each time when $bundle cannot be loaded', async ({ bundle, message }) => {
    const host = hostOf(bundle);
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      const result = await host.invoke({});
      expect(result).toMatchObject({ kind: 'error', errorMessage: expect.stringMatching(message) });
      expect(host.stats()).toMatchObject({ started: attempt, idle: 0 });
    }
  });

  it('says which code a process exited with that ended by itself', async () => {
    const host = hostOf('act.mjs');
    expect(await host.invoke({ action: 'exit', exitCode: 7 })).toMatchObject({
      kind: 'killed',
      reason: 'exit',
      exitCode: 7,
    });
    expect(await host.invoke({ action: 'return', value: 1 })).toMatchObject({ kind: 'ok' });
  });
});

describe('the memory budget', () => {
  it('lets a handler use what it has, and measures it', async () => {
    const host = hostOf('act.mjs');
    const result = await host.invoke({ action: 'fillBuffers', megabytes: 100 });
    expect(result).toMatchObject({ kind: 'ok', result: 100 });
    expect(result.peakMB).toBeGreaterThan(100);
    expect(result.peakMB).toBeLessThan(256);
    expect(host.stats().peakMB).toBe(result.peakMB);
  });

  it('kills a process whose Buffers outgrow it', async () => {
    const host = hostOf('act.mjs');
    const result = await host.invoke({ action: 'fillBuffers', megabytes: 2_000 });
    expect(result).toMatchObject({ kind: 'killed', reason: 'out-of-memory' });
    expect(result.peakMB).toBeGreaterThan(256);
    expect(await host.invoke({ action: 'return', value: 1 })).toMatchObject({ kind: 'ok' });
    expect(host.stats()).toMatchObject({ started: 2, killed: { 'out-of-memory': 1 } });
  });

  it('reports a full V8 heap as out of memory', async () => {
    const lines: string[] = [];
    const host = hostOf('act.mjs', {
      memoryMB: 1024,
      nodeOptions: ['--max-old-space-size=48'],
      onLog: (line) => lines.push(line),
    });
    const result = await host.invoke({ action: 'fillHeap' });
    expect(result).toMatchObject({ kind: 'killed', reason: 'out-of-memory', signal: 'SIGABRT' });
    await host.close();
    expect(lines.join('\n')).toContain('heap out of memory');
  });

  it('kills a process that fills the heap of its own budget', async () => {
    const result = await hostOf('act.mjs', { memoryMB: 200 }).invoke({ action: 'fillHeap' });
    expect(result).toMatchObject({ kind: 'killed', reason: 'out-of-memory' });
  });
});

describe('the timeout', () => {
  it.each(['hang', 'spin'])('kills a handler that would %s', async (action) => {
    const host = hostOf('act.mjs', { timeoutMs: 150 });
    const result = await host.invoke({ action });
    expect(result).toMatchObject({ kind: 'killed', reason: 'timeout' });
    expect(result.durationMs).toBeGreaterThanOrEqual(149);
    expect(await host.invoke({ action: 'return', value: 1 })).toMatchObject({ kind: 'ok' });
  });
});

describe('concurrency', () => {
  it('reaches its cap and never passes it, in as many processes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'meet-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const host = hostOf('meet.mjs', { concurrencyMax: 3 });
    const results = await Promise.all(Array.from({ length: 9 }, () => host.invoke({ folder, parties: 3 })));
    const spans = results.map(resultOf<Span>);
    expect(overlapMax(spans)).toBe(3);
    expect(new Set(spans.map(({ pid }) => pid)).size).toBe(3);
    expect(host.stats()).toMatchObject({ started: 3, idle: 3, concurrencyPeak: 3, running: 0, waiting: 0 });
  });

  it('refuses an invocation when 1,000 wait already', async () => {
    const host = hostOf('act.mjs');
    const invocations = Array.from({ length: 1_001 }, () => host.invoke({ action: 'hang' }));
    const settled = Promise.allSettled(invocations);
    await expect(host.invoke({})).rejects.toMatchObject({ code: 'FUNCTION_HOST_BUSY', retryable: true });
    await host.close();
    const outcomes = await settled;
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('close', () => {
  it('kills what runs, refuses what waits and what comes later', async () => {
    const host = hostOf('act.mjs');
    const { pid } = await describeIn(host);
    const running = host.invoke({ action: 'hang' });
    await setImmediate(); // the event is on its way
    const waiting = host.invoke({ action: 'hang' });
    const refusal = expect(waiting).rejects.toMatchObject({ code: 'FUNCTION_HOST_CLOSED' });
    await host.close();
    expect(isRunning(pid)).toBe(false);
    expect(await running).toMatchObject({ kind: 'killed', reason: 'exit', signal: 'SIGKILL' });
    await refusal;
    await expect(host.invoke({})).rejects.toMatchObject({ code: 'FUNCTION_HOST_CLOSED' });
  });

  it('leaves no process behind when it follows an invocation at once', async () => {
    const host = hostOf('act.mjs');
    const invocation = host.invoke({ action: 'hang' });
    const refusal = expect(invocation).rejects.toMatchObject({ code: 'FUNCTION_HOST_CLOSED' });
    await host.close();
    await refusal;
    expect(host.stats().started).toBe(0);
  });
});

describe('settings', () => {
  it.each([
    [{ memoryMB: 64 }, /memoryMB is 64; .* 128 to 10240/],
    [{ timeoutMs: 0 }, /timeoutMs is 0; .* 1 to 900000/],
    [{ concurrencyMax: 1.5 }, /concurrencyMax is 1.5; .* 1 to 1000/],
  ])('%j are refused', (settings, message) => {
    expect(() => hostOf('act.mjs', settings)).toThrow(message);
  });
});

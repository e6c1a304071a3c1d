import { describe, expect, it } from 'vitest';
import { readSourceFiles, type SourceText } from './source-files.ts';

const FILE_LINES_MAX = 250;
const FUNCTION_LINES_MAX = 70;

/** What the files of a folder may import, beside their own folder. */
const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  functions: ['lib'],
  build: ['lib'],
  local: ['lib', 'build'],
  cli: ['lib', 'local'],
  infra: ['lib', 'build'],
};

/**
 * What a stage of lib/ may import of other stages, in the order of the data. Messages between functions are
 * declared in plan/ and the recipe in recipe/, so many stages know those two. Files at the top of lib/ put stages
 * together and may import any; no stage imports them.
 */
const STAGES: Readonly<Record<string, readonly string[]>> = {
  recipe: [],
  read: [],
  flow: [],
  queue: ['flow'],
  frame: ['recipe', 'read'],
  // The splitter's plan asks each format whether a file is of it.
  plan: ['recipe', 'read', 'frame'],
  transform: ['recipe', 'frame'],
  batch: ['frame', 'transform'],
  send: ['plan'],
  encode: ['frame', 'send'],
  // What flow lets gather is part of the memory that tune predicts.
  tune: ['recipe', 'read', 'flow', 'plan', 'frame', 'transform', 'batch', 'encode'],
  ledger: ['plan', 'tune'],
  split: ['recipe', 'read', 'flow', 'frame', 'plan', 'ledger', 'tune'],
  govern: ['tune', 'ledger'],
};

/** Files that any stage may import, because they import nothing themselves. */
const LEAVES = new Set([
  'lib/errors.ts',
  'lib/transform/time.ts',
  'lib/recipe/endpoint.ts',
  'lib/tune/governor-state.ts',
  'lib/tune/presets.ts',
  'lib/tune/quota.ts',
]);

/** The only files of lib/ that may reach the network. */
const EDGES = new Set([
  'lib/govern/metrics.ts',
  'lib/govern/queue-depth.ts',
  'lib/govern/running-imports.ts',
  'lib/govern/sender-mapping.ts',
  'lib/govern/state-store.ts',
  'lib/ledger/store.ts',
  'lib/queue/put-off.ts',
  'lib/queue/move-messages.ts',
  'lib/queue/move-task.ts',
  'lib/queue/send-messages.ts',
  'lib/read/s3.ts',
  'lib/read/undici-handler.ts',
  'lib/send/secret.ts',
  'lib/outcome-bucket.ts',
  'lib/send/transport.ts',
  'lib/work-bucket.ts',
]);
const NETWORK = /^(@aws-sdk|@smithy|undici)(\/|$)/;
const CDK = /^(aws-cdk-lib|aws-cdk|constructs)(\/|$)/;

const files = readSourceFiles(Object.keys(FOLDERS));

const folderOf = (path: string): string => path.split('/')[0]!;
/** `undefined` for the files at the top of lib/. */
const stageOf = (path: string): string | undefined => /^lib\/([^/]+)\//.exec(path)?.[1];

/** `importer → imported` for every import that is not allowed. */
const forbidden = (isAllowed: (from: string, to: string) => boolean): string[] =>
  files.flatMap(({ path, imports }) =>
    imports.filter((imported) => !isAllowed(path, imported)).map((imported) => `${path} → ${imported}`),
  );

const usersOf = (pattern: RegExp): string[] =>
  files.filter(({ packages }) => packages.some((name) => pattern.test(name))).map(({ path }) => path);

const withLongFunctions = ({ path, functions }: SourceText): string[] =>
  functions
    .filter(({ lines }) => lines > FUNCTION_LINES_MAX)
    .map(({ line, lines }) => `${path}:${line} (${lines})`);

describe('imports', () => {
  it('finds the imports of the source', () => {
    const sender = files.find(({ path }) => path === 'functions/sender.ts')!;
    expect(sender.imports).toContain('lib/sender.ts');
    expect(sender.packages).toContain('@aws-sdk/client-s3');
  });

  it('point one way between folders', () => {
    const isAllowed = (from: string, to: string): boolean => {
      const [here, there] = [folderOf(from), folderOf(to)];
      return here === there || FOLDERS[here]!.includes(there);
    };
    expect(forbidden(isAllowed)).toEqual([]);
  });

  it('point one way between the stages of lib/', () => {
    const isAllowed = (from: string, to: string): boolean => {
      const [here, there] = [stageOf(from), stageOf(to)];
      if (here === undefined || here === there || LEAVES.has(to)) return true;
      return there !== undefined && (STAGES[here] ?? []).includes(there);
    };
    expect(forbidden(isAllowed)).toEqual([]);
  });

  it('do not lead on from the files that any stage may import', () => {
    expect(files.filter(({ path, imports }) => LEAVES.has(path) && imports.length > 0)).toEqual([]);
  });

  it('reach the network from few files of lib/', () => {
    expect(usersOf(NETWORK).filter((path) => path.startsWith('lib/') && !EDGES.has(path))).toEqual([]);
  });

  it('reach the CDK from infra/ only', () => {
    expect(usersOf(CDK).filter((path) => !path.startsWith('infra/'))).toEqual([]);
  });
});

describe('the allowed imports between stages', () => {
  it('form no circle', () => {
    const reaches = (from: string, target: string): boolean =>
      (STAGES[from] ?? []).some((next) => next === target || reaches(next, target));
    expect(Object.keys(STAGES).filter((stage) => reaches(stage, stage))).toEqual([]);
  });
});

describe('sizes', () => {
  it(`keep every file within ${FILE_LINES_MAX} lines`, () => {
    expect(files.filter(({ lines }) => lines > FILE_LINES_MAX).map(({ path }) => path)).toEqual([]);
  });

  it(`keep every function within ${FUNCTION_LINES_MAX} lines`, () => {
    expect(files.flatMap(withLongFunctions)).toEqual([]);
  });
});

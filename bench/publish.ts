import { appendFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { type Circumstances, circumstancesNow } from './circumstances.ts';

const BENCHMARKS = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));

export interface Published {
  readonly title: string;
  readonly command: string;
  /** What was measured and how, in sentences. */
  readonly method: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What came out and what bounds it, in sentences. */
  readonly verdict: string;
}

export interface PublishOptions {
  readonly json: boolean;
  readonly append: boolean;
  readonly busyCores: number;
}

/** Options of a benchmark that are the same for all, for `parseArgs`. */
export const PUBLISH_OPTIONS = {
  json: { type: 'boolean', default: false },
  append: { type: 'boolean', default: false },
} as const;

/** Prints a result as a table, or as JSON, and appends it to docs/benchmarks.md if asked to. */
export const publish = async (
  published: Published,
  results: unknown,
  { json, append, busyCores }: PublishOptions,
): Promise<void> => {
  const circumstances = circumstancesNow(busyCores);
  process.stdout.write(
    json
      ? `${JSON.stringify({ ...circumstances, results }, null, 2)}\n`
      : `${tableText(published)}\n\n${published.verdict}\n`,
  );
  if (append) await appendFile(BENCHMARKS, `\n${sectionText(published, circumstances)}\n`);
};

const tableText = ({ head, rows }: Published): string => {
  const table = new Table({ head: [...head], style: { head: [], border: [], compact: true } });
  table.push(...rows.map((cells) => [...cells]));
  return table.toString();
};

/** A section of docs/benchmarks.md. */
export const sectionText = (
  { title, command, method, head, rows, verdict }: Published,
  { date, node, machine, busyCores }: Circumstances,
): string =>
  [
    `## ${title} (${date})`,
    `\`${command}\`; Node ${node}, ${machine}; other programs took up to ${busyCores.toFixed(1)} cores. ${method}`,
    [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n'),
    verdict,
  ].join('\n\n');

export const medianOf = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

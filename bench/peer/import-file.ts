import { createRequire } from 'node:module';

/**
 * Imports one NDJSON file of events with the `mixpanel-import` package, unchanged but for the address
 * it sends to, and prints its own summary as one JSON line, with the CPU time since the package was loaded.
 *
 * Usage: node import-file.ts ENDPOINT FILE TOKEN [WORKERS] [GZIP-LEVEL] [WAY]
 */
interface Summary {
  readonly total: number;
  readonly success: number;
  readonly failed: number;
}
type ImportFile = (credentials: object, file: string, options: object) => Promise<Summary>;
type Pool = new (origin: string, options: object) => object;

const [endpoint, file, token, workers = '10', level = '6', way = 'default'] = process.argv.slice(2);
if (endpoint === undefined || file === undefined || token === undefined) {
  throw new Error('Usage: node import-file.ts ENDPOINT FILE TOKEN [WORKERS] [GZIP-LEVEL] [WAY]');
}

/** `default`: a file is read by pieces of `highWater` bytes, 10 for each worker. */
const WAYS: Readonly<Record<string, object>> = {
  default: {},
  'high-water': { highWater: 500 },
  'in-memory': { forceStream: false },
};

const require = createRequire(import.meta.url);
sendTo(endpoint, require('undici'));
const importFile: ImportFile = require('mixpanel-import');
const startedCpu = process.cpuUsage();
const { total, success, failed } = await importFile({ token }, file, {
  recordType: 'event',
  streamFormat: 'jsonl',
  workers: Number(workers),
  strict: true,
  compress: true,
  compressionLevel: Number(level),
  fixData: false,
  verbose: false,
  showProgress: false,
  logs: false,
  ...WAYS[way],
});
const { user, system } = process.cpuUsage(startedCpu);
const cpuSeconds = (user + system) / 1_000_000;
process.stdout.write(`\n${JSON.stringify({ total, success, failed, cpuSeconds })}\n`, () => process.exit(0));

/** The package has no option for its host: it opens its pools by name when it loads, so they are opened here. */
function sendTo(origin: string, undici: { Pool: Pool }): void {
  const { Pool } = undici;
  undici.Pool = class extends Pool {
    constructor(_origin: string, options: object) {
      super(origin, options);
    }
  };
}

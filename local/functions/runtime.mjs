// The other end of runtime-process.ts: loads one bundle and hands it one event at a time.
// Plain JavaScript on purpose: stripping types in the child costs 18 MB of the function's memory and 80 ms a start.
import { pathToFileURL } from 'node:url';

const RESULT_BYTES_MAX = 6 * 1024 * 1024; // Lambda's limit on a synchronous response
const ERROR_CHARACTERS_MAX = 32 * 1024;
const MEMORY_REPORT_INTERVAL_MS = 100;

const [bundlePath, functionName, memoryMB, timeoutMs] = process.argv.slice(2);

process.on('disconnect', () => process.exit(1)); // the host is gone
process.on('SIGINT', () => {}); // Ctrl-C reaches the whole process group; ending this process is the host's decision
if (process.platform !== 'linux') reportMemory();
await start();

async function start() {
  try {
    const handler = await loadHandler();
    process.on('message', (message) => run(handler, message));
    process.send({ type: 'ready' });
  } catch (error) {
    process.send({ type: 'init-error', ...describe(error) });
  }
}

async function loadHandler() {
  const bundle = await import(pathToFileURL(bundlePath).href);
  if (typeof bundle.handler === 'function') return bundle.handler;
  const found = Object.keys(bundle).join(', ') || 'nothing';
  throw new TypeError(`It exports ${found}; a function bundle must export a function named handler`);
}

async function run(handler, { requestId, event, deadlineMs }) {
  try {
    const result = await handler(event, invocationContext(requestId, deadlineMs));
    process.send({ type: 'result', resultJson: serialise(result) });
  } catch (error) {
    process.send({ type: 'error', ...describe(error) });
  }
}

function invocationContext(awsRequestId, deadlineMs) {
  return {
    awsRequestId,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:${process.env.AWS_REGION}:000000000000:function:${functionName}`,
    memoryLimitInMB: memoryMB,
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: `local/[$LATEST]${process.pid}`,
    getRemainingTimeInMillis: () => Math.min(Number(timeoutMs), Math.max(0, deadlineMs - Date.now())),
  };
}

function serialise(result) {
  const json = JSON.stringify(result) ?? 'null';
  const bytes = Buffer.byteLength(json);
  if (bytes <= RESULT_BYTES_MAX) return json;
  throw new RangeError(
    `The result is ${bytes} bytes of JSON; a function may return ${RESULT_BYTES_MAX} at most`,
  );
}

function describe(error) {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: bounded(String(error)) };
  return { errorType: error.name, errorMessage: bounded(error.message), stack: bounded(error.stack ?? '') };
}

function bounded(text) {
  return text.slice(0, ERROR_CHARACTERS_MAX);
}

function reportMemory() {
  const report = () => process.send({ type: 'memory', maxRssKB: process.resourceUsage().maxRSS });
  setInterval(report, MEMORY_REPORT_INTERVAL_MS).unref();
}

import { once } from 'node:events';
import { connect } from 'node:net';
import { SendError } from '../lib/send/send-error.ts';

const TIMEOUT_MS = 10_000;

/**
 * Connects once, so that a wrong address is told at once and not after every retry of every sender.
 *
 * @throws {SendError} API_UNAVAILABLE
 */
export const checkReachable = async ({ protocol, hostname, port, origin }: URL): Promise<void> => {
  const socket = connect({
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port || (protocol === 'http:' ? 80 : 443)),
  });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (cause) {
    throw new SendError('API_UNAVAILABLE', `Nothing answers at ${origin} (${reasonOf(cause)})`, { cause });
  } finally {
    socket.on('error', () => undefined).destroy();
  }
};

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'AbortError') return `no connection within ${TIMEOUT_MS / 1000} s`;
  return 'code' in error ? String(error.code) : error.message;
};

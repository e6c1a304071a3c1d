import type { InvokeResult } from './invoke-result.ts';

/** What became of all invocations so far. */
export interface InvocationCounts {
  readonly invocations: number;
  readonly ok: number;
  readonly errors: number;
  readonly killed: { readonly 'out-of-memory': number; readonly timeout: number; readonly exit: number };
  /** Highest resident memory of any process so far, in MiB. */
  readonly peakMB: number;
}

export function countInvocations(): { add(result: InvokeResult): void; read(): InvocationCounts } {
  const killed = { 'out-of-memory': 0, timeout: 0, exit: 0 };
  let ok = 0;
  let errors = 0;
  let peakMB = 0;

  const add = (result: InvokeResult): void => {
    peakMB = Math.max(peakMB, result.peakMB);
    if (result.kind === 'ok') ok += 1;
    else if (result.kind === 'error') errors += 1;
    else killed[result.reason] += 1;
  };
  const read = (): InvocationCounts => {
    const killedTotal = killed['out-of-memory'] + killed.timeout + killed.exit;
    return { invocations: ok + errors + killedTotal, ok, errors, killed: { ...killed }, peakMB };
  };
  return { add, read };
}

import { governBusy } from './governor-rules.ts';
import type { Governed, GovernorSettings, GovernorState, Observation } from './governor-state.ts';
import { boundsOf, clamp, hold, set, timeOf } from './governor-steps.ts';

/** A sender may have read the secret so long before it was refused. */
const CREDENTIALS_AGE_MS_MAX = 30_000;

/**
 * Decides how many senders there are to be: two more while memory and the API's quota leave room and chunks wait,
 * two fewer when memory runs short, a share fewer when the API refuses, none while it refuses the credentials.
 *
 * Without data, and until a change shows in what is measured, it leaves everything as it is.
 */
export const govern = (state: GovernorState, seen: Observation, settings: GovernorSettings): Governed => {
  if (seen.mapping === 'changing') return hold(state, seen, 'The mapping is still being changed.');
  if (state.refusedSinceMs !== null) return governPaused(state, state.refusedSinceMs, seen, settings);
  if (seen.mapping === 'disabled') {
    return hold(state, seen, 'The mapping is disabled, and not by the governor: enable it to send again.');
  }
  return governEnabled(state, seen, settings);
};

/** Sends again once the secret has changed, or somebody has enabled the mapping. */
const governPaused = (
  state: GovernorState,
  refusedSinceMs: number,
  seen: Observation,
  settings: GovernorSettings,
): Governed => {
  const { atMs, mapping, credentialsChangedAtMs } = seen;
  const resumed = { ...state, refusedSinceMs: null, resumedAtMs: atMs, changedAtMs: atMs };
  if (mapping === 'enabled') {
    return hold(resumed, seen, 'The mapping was enabled by hand: the credentials are tried again.');
  }
  if (
    credentialsChangedAtMs !== undefined &&
    credentialsChangedAtMs >= refusedSinceMs - CREDENTIALS_AGE_MS_MAX
  ) {
    const reason = `The secret was changed at ${timeOf(credentialsChangedAtMs)}: the credentials are tried again.`;
    return { state: resumed, decision: { kind: 'resume', workers: clamp(seen.workers, settings), reason } };
  }
  const since = timeOf(refusedSinceMs);
  return hold(
    state,
    seen,
    `Credentials are refused since ${since}: change the secret, or enable the mapping.`,
  );
};

const governEnabled = (state: GovernorState, seen: Observation, settings: GovernorSettings): Governed => {
  const { window, workers } = seen;
  if (window && window.credentialsRefused > 0 && window.fromMs >= (state.resumedAtMs ?? 0)) {
    const reason = `The credentials were refused, ${window.credentialsRefused} × of late: every chunk would fail.`;
    const paused = { ...state, refusedSinceMs: window.fromMs, changedAtMs: seen.atMs };
    return { state: paused, decision: { kind: 'pause', workers, reason } };
  }
  if (seen.chunksWaiting + seen.chunksInWork === 0) return governEmpty(state, seen, settings);
  const busy = { ...state, emptySinceMs: null };
  const within = clamp(workers, settings);
  if (within !== workers) return set(busy, seen, within, `Outside the bounds of ${boundsOf(settings)}.`);
  if (!window || window.requests === 0) return hold(busy, seen, 'Nothing was measured yet.');
  if (window.fromMs < (state.changedAtMs ?? 0)) {
    return hold(busy, seen, 'The last change does not show in what was measured yet.');
  }
  return governBusy(busy, { ...seen, window }, settings);
};

const governEmpty = (state: GovernorState, seen: Observation, settings: GovernorSettings): Governed => {
  const { emptySinceMs } = state;
  const workersStart = clamp(settings.workersStart, settings);
  if (emptySinceMs === null) return hold({ ...state, emptySinceMs: seen.atMs }, seen, 'Nothing to send.');
  if (seen.atMs - emptySinceMs < settings.emptyMs || seen.workers === workersStart) {
    return hold(state, seen, 'Nothing to send.');
  }
  const rested = { ...state, ceiling: null };
  return set(rested, seen, workersStart, `Nothing to send since ${timeOf(emptySinceMs)}: back to the start.`);
};

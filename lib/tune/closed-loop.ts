export interface ClosedLoop {
  readonly senders: number;
  /** Of each round, what a sender spends without the shared cores. */
  readonly waitSeconds: number;
  /** What the shared cores take for a round. */
  readonly coresSeconds: number;
}

/**
 * Rounds a second that senders manage together while each, in turn, waits for itself and then needs cores that all of
 * them share: exact mean value analysis. Few senders do not fill the cores, since at times all of them wait; many do.
 *
 * @see https://en.wikipedia.org/wiki/Mean_value_analysis
 */
export const roundsPerSecond = ({ senders, waitSeconds, coresSeconds }: ClosedLoop): number => {
  let sendersAtCores = 0;
  let rounds = 0;
  for (let joined = 1; joined <= senders; joined++) {
    const atCoresSeconds = coresSeconds * (1 + sendersAtCores);
    rounds = joined / (waitSeconds + atCoresSeconds);
    sendersAtCores = rounds * atCoresSeconds;
  }
  return rounds;
};

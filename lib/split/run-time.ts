/** Shares of the time left at which a source is continued by another run, and at which it is given up. */
const CONTINUE_SHARE = 0.3;
const GIVE_UP_SHARE = 0.1;
/** Share of the time in which a stream has to be read that cannot be continued. */
const USABLE_SHARE = 0.8;

/** The time that one run of the splitter has. */
export interface RunTime {
  /** From the beginning to the end of the run. */
  readonly givenMs: number;
  /** There may be another run after this one. */
  readonly canContinue: boolean;
  elapsedMs(): number;
  /** Time for what must be read in one go and begins now. */
  usableMs(): number;
  /** Another run should go on from the next place where one can, if there may be one. */
  isLate(): boolean;
  /** Nothing more can be done in this run. */
  isOver(): boolean;
}

/**
 * @param remainingMs milliseconds until this process is stopped
 * @param canContinue there may be another run after this one
 */
export const createRunTime = (remainingMs: () => number, canContinue: boolean): RunTime => {
  const givenMs = remainingMs();
  return {
    givenMs,
    canContinue,
    elapsedMs: () => givenMs - remainingMs(),
    usableMs: () => remainingMs() * USABLE_SHARE,
    isLate: () => canContinue && remainingMs() <= givenMs * CONTINUE_SHARE,
    isOver: () => remainingMs() <= givenMs * GIVE_UP_SHARE,
  };
};

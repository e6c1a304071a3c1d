/** Counts what held and what did not, and says each as it happens. */
export interface Checks {
  check(title: string, holds: boolean, detail?: unknown): void;
  readonly failed: number;
  /** `N passed, M failed` */
  summary(): string;
}

/** @param log one line at a time */
export const createChecks = (log: (line: string) => void): Checks => {
  let passed = 0;
  let failed = 0;
  return {
    check: (title, holds, detail) => {
      if (holds) passed += 1;
      else failed += 1;
      const because = holds || detail === undefined ? '' : `: ${JSON.stringify(detail)}`;
      log(`${holds ? 'ok' : 'FAILED'} - ${title}${because}`);
    },
    get failed() {
      return failed;
    },
    summary: () => `${passed} passed, ${failed} failed`,
  };
};

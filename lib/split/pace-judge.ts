import { type ReadPace, readVerdict } from '../plan/read-time.ts';
import type { RunTime } from './run-time.ts';

/** Finds out, while a stream is read that cannot be continued, whether there is time for all of it. */
export interface PaceJudge {
  /** @throws what `tooSlow` throws */
  judge(bytesRead: number): void;
  /** Whether it is certain. */
  isSure(): boolean;
  /** There is nothing more to read, or it can be continued: its pace does not matter any more. */
  settle(): void;
}

export interface PaceJudgeOptions {
  readonly sizeBytes: number;
  readonly time: RunTime;
  readonly tooSlow: (pace: ReadPace, usableMs: number) => Error;
}

/** Begins when it is made. */
export const createPaceJudge = ({ sizeBytes, time, tooSlow }: PaceJudgeOptions): PaceJudge => {
  const usableMs = time.usableMs();
  const startMs = time.elapsedMs();
  let isSure = false;
  return {
    judge: (bytesRead) => {
      if (isSure) return;
      const pace = { compressedBytesRead: bytesRead, elapsedMs: time.elapsedMs() - startMs, sizeBytes };
      const verdict = readVerdict(pace, usableMs);
      if (verdict === 'too-slow') throw tooSlow(pace, usableMs);
      isSure = verdict === 'fits';
    },
    isSure: () => isSure,
    settle: () => {
      isSure = true;
    },
  };
};

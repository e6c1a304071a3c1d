import { type Life, silence } from './life.ts';
import { between, type World } from './world.ts';

const PIECE_BYTES_MIN = 700;
const PIECE_BYTES_MAX = 9_000;
/** Below the time of any function, so that it can see its time run out. */
const SLOW_MS_MAX = 600;

/** The body of an object on its way to one invocation: piece by piece, slow or cut off where a fault strikes. */
export const storeBody = (world: World, life: Life, bytes: Buffer, isSlowBucket: boolean) => {
  const { clock, random, faults } = world;
  const isSlow = isSlowBucket || faults.strikes('s3: slow');
  const length = faults.strikes('s3: cut') ? between(random, 0, bytes.length - 1) : bytes.length;
  return {
    async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
      for (let at = 0; at < length; ) {
        await clock.sleep(isSlow ? between(random, 0, SLOW_MS_MAX) : between(random, 0, 5));
        if (!life.isAlive()) await silence();
        const end = Math.min(length, at + between(random, PIECE_BYTES_MIN, PIECE_BYTES_MAX));
        yield bytes.subarray(at, end);
        at = end;
      }
      if (length < bytes.length && random() < 0.5) throw new Error('aborted: the connection was reset');
    },
    transformToByteArray: async (): Promise<Uint8Array> => bytes,
    transformToString: async (): Promise<string> => bytes.toString(),
    destroy: (): void => undefined,
  };
};

import { FrameError } from './frame/frame-error.ts';
import { ReadError } from './read/read-error.ts';

/** The bytes of a source are what is wrong, so whoever reads them gets no further. */
export const isBroken = (error: unknown): error is FrameError | ReadError =>
  error instanceof FrameError || (error instanceof ReadError && error.code === 'SOURCE_CORRUPT');

/** Ends `items` where the source is broken, so that what comes before is treated like any other. */
export const untilBroken = <Item>(items: AsyncIterable<Item>) => {
  let failure: FrameError | ReadError | undefined;
  async function* readable(): AsyncGenerator<Item> {
    try {
      yield* items;
    } catch (error) {
      if (!isBroken(error)) throw error;
      failure = error;
    }
  }
  return { readable: readable(), failure: () => failure };
};

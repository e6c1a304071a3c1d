export interface ReadAheadLimits<Item> {
  /** Reading goes on while fewer items than this wait to be taken ... */
  readonly itemsMax: number;
  /** ... and they have fewer bytes than this. */
  readonly bytesMax: number;
  readonly bytesOf: (item: Item) => number;
  /** How many items one of them counts as. Default: one. */
  readonly countOf?: (item: Item) => number;
  /** Wraps the wait until there is room again, so that it can be measured. */
  readonly whileFull?: (wait: Promise<void>) => Promise<void>;
}

/**
 * Reads ahead of its consumer; holds one group more than the limits at most.
 *
 * @param groups items as they come, several at a time
 * @throws what `groups` throws, after the items before it
 */
export async function* readAhead<Item>(
  groups: AsyncGenerator<readonly Item[]>,
  { itemsMax, bytesMax, bytesOf, countOf = () => 1, whileFull = (wait) => wait }: ReadAheadLimits<Item>,
): AsyncGenerator<readonly Item[]> {
  const waiting: { readonly group: readonly Item[]; readonly count: number; readonly bytes: number }[] = [];
  let items = 0;
  let bytes = 0;
  let end: { readonly error?: unknown } | undefined;
  let isStopped = false;
  let change = Promise.withResolvers<void>();
  const changed = (): void => {
    change.resolve();
    change = Promise.withResolvers();
  };

  const isFull = (): boolean => (items >= itemsMax || bytes >= bytesMax) && !isStopped;

  const untilRoom = async (): Promise<void> => {
    while (isFull()) await change.promise;
  };

  const read = async (): Promise<void> => {
    try {
      for await (const group of groups) {
        const groupBytes = group.reduce((sum, item) => sum + bytesOf(item), 0);
        const count = group.reduce((sum, item) => sum + countOf(item), 0);
        if (group.length > 0) waiting.push({ group, count, bytes: groupBytes });
        items += count;
        bytes += groupBytes;
        changed();
        if (isFull()) await whileFull(untilRoom());
        if (isStopped) break;
      }
      end = {};
    } catch (error) {
      end = { error };
    }
    changed();
  };

  void read();
  try {
    for (;;) {
      const next = waiting.shift();
      if (next) {
        items -= next.count;
        bytes -= next.bytes;
        changed();
        yield next.group;
      } else if (end) {
        if ('error' in end) throw end.error;
        return;
      } else await change.promise;
    }
  } finally {
    isStopped = true;
    changed();
  }
}

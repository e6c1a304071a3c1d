import { createInFlight } from '../flow/in-flight.ts';
import type { ChunkEntry, ChunkMessage } from '../plan/chunk.ts';
import type { StreamCut } from '../plan/cut-stream.ts';
import type { FormatName } from '../recipe/formats.ts';
import { commonOf, type SourcePlan, type SplitDependencies } from './source-plan.ts';

const MiB = 1024 * 1024;
/** A staged chunk is held in memory until it is stored. */
export const STAGED_BYTES_MAX = 32 * MiB;
const STAGES_IN_FLIGHT_MAX = 3;

/** What is cut into chunks: the source, or an entry of it. */
export interface CutContent {
  readonly format: FormatName;
  readonly entry?: ChunkEntry | undefined;
  /** Whether it is certain that it can be read to its end: until then nothing of it should be sent. */
  readonly isSure: () => boolean;
}

export interface NumberedCut extends StreamCut {
  readonly chunk: number;
  readonly header: unknown;
  readonly content: CutContent;
}

export interface Sending {
  submit(cut: NumberedCut): Promise<void>;
  /** Waits until all is sent that may be. @returns how many chunks were sent */
  finish(): Promise<number>;
}

interface WaitingMessage {
  readonly message: ChunkMessage;
  readonly isSure: () => boolean;
}

/** Stores what must be stored, and sends chunks in order, once it is sure that what they are of can be read. */
export const createSending = (plan: SourcePlan, { sendChunks, stage }: SplitDependencies): Sending => {
  const waiting: WaitingMessage[] = [];
  let sent = 0;
  const sendSure = async (): Promise<void> => {
    const firstUnsure = waiting.findIndex(({ isSure }) => !isSure());
    const sure = waiting.splice(0, firstUnsure < 0 ? waiting.length : firstUnsure);
    if (sure.length === 0) return;
    await sendChunks(sure.values().map(({ message }) => message));
    sent += sure.length;
  };
  const inFlight = createInFlight<NumberedCut, ChunkMessage>({
    itemsMax: STAGES_IN_FLIGHT_MAX,
    bytesMax: STAGES_IN_FLIGHT_MAX * STAGED_BYTES_MAX,
    bytesOf: ({ bytes }) => bytes.length,
    run: (cut) => messageOf(plan, cut, stage),
    commit: async ({ content: { isSure } }, message) => {
      waiting.push({ message, isSure });
      await sendSure();
    },
  });
  return {
    submit: inFlight.submit,
    finish: async () => {
      await inFlight.drain();
      await sendSure();
      return sent;
    },
  };
};

const messageOf = async (
  plan: SourcePlan,
  { chunk, start, end, bytes, header, isLast, breaksOff, content: { format, entry } }: NumberedCut,
  stage: SplitDependencies['stage'],
): Promise<ChunkMessage> => {
  const { source, object, importId } = plan;
  const common = { ...commonOf(plan), chunk, header, ...(breaksOff ? { breaksOff } : {}) };
  if (source.compression === 'none') {
    return { ...common, object, range: { start, end }, borders: 'records', offset: 0, endsFile: true };
  }
  const name = `${importId}/${String(chunk).padStart(6, '0')}.${format}`;
  return {
    ...common,
    ...(entry && { entry }),
    object: await stage(name, bytes),
    range: { start: 0, end: bytes.length },
    borders: format === 'jsonl' ? 'lines' : 'records',
    offset: start,
    endsFile: isLast,
  };
};

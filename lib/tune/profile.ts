import type { FramedRecord } from '../frame/record.ts';
import type { Recipe } from '../recipe/schema.ts';
import { createEventMapper } from '../transform/event.ts';
import { type JsonObject, parseJsonRecord } from '../transform/parse-json.ts';
import { isRejection, type RejectionCode } from '../transform/rejection.ts';
import { type Density, densityOf } from './density.ts';
import { type FieldFindings, findInFields } from './field-findings.ts';
import type { Sample, Spot } from './sample.ts';

/** Records of a spot that are looked at one by one. */
const PROFILED_RECORDS_MAX = 100;
/** A later spot is another kind of file when its records are this many times longer or shorter. */
const DRIFT_RATIO = 1.5;

/** In bytes, of records as lines of JSON, whatever the source has them in. */
export interface RecordSizes {
  readonly averageBytes: number;
  readonly p50Bytes: number;
  readonly p99Bytes: number;
  readonly maxBytes: number;
}

export interface SpotProfile {
  readonly offset: number;
  readonly records: number;
  readonly averageBytes: number;
  readonly rejected: number;
}

/** What samples tell of the records of their sources. */
export interface RecordProfile {
  /** Records looked at. */
  readonly records: number;
  readonly sizes: RecordSizes;
  /** By the spot with the longest records. */
  readonly density: Density;
  /** Longest average of any spot, in bytes. */
  readonly planningBytes: number;
  readonly fields: FieldFindings;
  readonly rejected: number;
  readonly byReason: Readonly<Partial<Record<RejectionCode, number>>>;
  /** Records equal, byte for byte, to an earlier one. */
  readonly equalRecords: number;
  readonly spots: readonly SpotProfile[];
  /** The spots do not look alike. */
  readonly isDrifting: boolean;
  /** Of a record as it would be sent, its newline included. */
  readonly sentBytes: number;
}

export interface Profile extends RecordProfile {
  /** The first records as they would be sent, as many as a batch takes; as they are, if none can be mapped. */
  readonly body: Buffer;
}

type ProfileRecipe = Pick<Recipe, 'fields' | 'insertId' | 'tuning'>;

/** Looks closely at the samples of one or more sources that are to be imported alike. */
export const profileSamples = (samples: readonly Sample[], recipe: ProfileRecipe): Profile => {
  const map = createEventMapper(recipe, { uri: 'sample', etag: '', offset: 0 });
  const spots = samples.flatMap((sample) => sample.spots);
  const looked = spots.map(({ records }) => records.slice(0, PROFILED_RECORDS_MAX));
  const records = looked.flat();
  const rejections = records.map((record) => map(record)).filter(isRejection);
  const spotProfiles = spots.map((spot, i) => profileSpot(spot, looked[i]!, map));
  const planningBytes = Math.max(0, ...spotProfiles.map(({ averageBytes }) => averageBytes));
  return {
    records: records.length,
    sizes: sizesOf(records),
    density: densityOf(planningBytes).name,
    planningBytes,
    fields: findInFields(records.flatMap(objectOf), recipe.fields),
    rejected: rejections.length,
    byReason: countBy(rejections.map(({ code }) => code)),
    equalRecords: records.length - new Set(records.map(({ bytes }) => bytes.toString('latin1'))).size,
    spots: spotProfiles,
    isDrifting: isDrifting(spotProfiles),
    ...bodyOf(spots, map, recipe.tuning),
  };
};

type Mapper = ReturnType<typeof createEventMapper>;

const objectOf = ({ kind, bytes }: FramedRecord): JsonObject[] => {
  const value = kind === 'record' ? parseJsonRecord(bytes) : undefined;
  return value === undefined || isRejection(value) ? [] : [value];
};

/** What is too long is not held. */
const lengthOf = ({ kind, bytes, offset, nextOffset }: FramedRecord): number =>
  kind === 'record' ? bytes.length + NEWLINE.length : nextOffset - offset;

const profileSpot = ({ offset }: Spot, records: readonly FramedRecord[], map: Mapper): SpotProfile => ({
  offset,
  records: records.length,
  averageBytes: sizesOf(records).averageBytes,
  rejected: records.filter((record) => isRejection(map(record))).length,
});

const sizesOf = (records: readonly FramedRecord[]): RecordSizes => {
  const sizes = records.map(lengthOf).sort((a, b) => a - b);
  const at = (share: number): number => sizes[Math.max(0, Math.ceil(sizes.length * share) - 1)] ?? 0;
  const totalBytes = sizes.reduce((sum, size) => sum + size, 0);
  return {
    averageBytes: sizes.length === 0 ? 0 : Math.round(totalBytes / sizes.length),
    p50Bytes: at(0.5),
    p99Bytes: at(0.99),
    maxBytes: sizes.at(-1) ?? 0,
  };
};

const countBy = <K extends string>(keys: readonly K[]): Partial<Record<K, number>> => {
  const counts: Partial<Record<K, number>> = {};
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
};

const isDrifting = (spots: readonly SpotProfile[]): boolean => {
  const filled = spots.filter(({ records }) => records > 0);
  const averages = filled.map(({ averageBytes }) => averageBytes);
  const areRejected = filled.map(({ records, rejected }) => rejected > records / 2);
  return Math.max(...averages) > Math.min(...averages) * DRIFT_RATIO || new Set(areRejected).size > 1;
};

const bodyOf = (
  spots: readonly Spot[],
  map: Mapper,
  { recordsPerBatch }: Recipe['tuning'],
): Pick<Profile, 'sentBytes' | 'body'> => {
  const records = spots.flatMap((spot) => spot.records).slice(0, recordsPerBatch);
  const events = records
    .map((record) => map(record))
    .flatMap((event) => (isRejection(event) ? [] : [event.body]));
  const lines = events.length > 0 ? events : records.map(({ bytes }) => bytes);
  const body = Buffer.concat(lines.flatMap((line) => [line, NEWLINE]));
  return { sentBytes: lines.length === 0 ? 0 : Math.round(body.length / lines.length), body };
};

const NEWLINE = Buffer.from('\n');

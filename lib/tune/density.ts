export type Density = 'small' | 'medium' | 'large';

/** What is known of events of one size, and what fits them. */
export interface DensityClass {
  readonly name: Density;
  /** Events of a lower average size belong here, if to no class before. */
  readonly averageBytesBelow: number;
  /** Size of the events that the benchmarks of this class send. */
  readonly benchmarkBytes: number;
  readonly benchmarkLabel: string;
  /** Most senders worth running, and the memory that each needs when all share one limit. */
  readonly workersMax: number;
  readonly megabytesPerWorker: number;
  /** Most records worth buffering between stages, and the memory for each. */
  readonly highWaterMax: number;
  readonly megabytesPerHighWater: number;
  readonly throttleMemory: boolean;
  /** Requests that keep a sender busy while an answer takes 200 ms. */
  readonly requestsInFlight: number;
}

/** By average size, ascending. */
export const DENSITY_CLASSES: readonly DensityClass[] = [
  {
    name: 'small',
    averageBytesBelow: 1_000,
    benchmarkBytes: 300,
    benchmarkLabel: 'below 500 bytes',
    workersMax: 30,
    megabytesPerWorker: 20,
    highWaterMax: 200,
    megabytesPerHighWater: 3,
    throttleMemory: false,
    requestsInFlight: 4,
  },
  {
    name: 'medium',
    averageBytesBelow: 5_000,
    benchmarkBytes: 2_000,
    benchmarkLabel: '2 KB',
    workersMax: 15,
    megabytesPerWorker: 35,
    highWaterMax: 100,
    megabytesPerHighWater: 5,
    throttleMemory: false,
    requestsInFlight: 4,
  },
  {
    name: 'large',
    averageBytesBelow: Number.POSITIVE_INFINITY,
    benchmarkBytes: 10_000,
    benchmarkLabel: '10 KB and more',
    workersMax: 5,
    megabytesPerWorker: 100,
    highWaterMax: 30,
    megabytesPerHighWater: 20,
    throttleMemory: true,
    requestsInFlight: 2,
  },
];

/** The class of events of this average size, in bytes. */
export const densityOf = (averageBytes: number): DensityClass =>
  DENSITY_CLASSES.find(({ averageBytesBelow }) => averageBytes < averageBytesBelow)!;

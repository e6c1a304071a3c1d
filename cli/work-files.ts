/** A file of the Work bucket. */
export interface WorkFile {
  readonly key: string;
  readonly changedAtMs: number;
}

/** Reads the Work bucket, wherever it is. It never writes, so that an import that runs meanwhile is not disturbed. */
export interface WorkFiles {
  /** The files of a folder, in the order of their keys. @param prefix ends with `/` */
  list(prefix: string): AsyncIterable<WorkFile>;
  /** A report, or a part of rejects: a few megabytes. @returns undefined where there is none */
  read(key: string): Promise<Buffer | undefined>;
}

import { FanoutError } from '../errors.ts';

/** The file as a whole cannot be read with the settings given; no other run of the same import will do better. */
export class FrameError extends FanoutError {
  override readonly name = 'FrameError';
  readonly code:
    | 'RECORDS_PATH_MISSING'
    | 'CSV_HEADER_INVALID'
    | 'HEADER_MISSING'
    | 'PARQUET_UNSUPPORTED'
    | 'PARQUET_COLUMN_MISSING'
    | 'AVRO_UNSUPPORTED'
    | 'AVRO_BLOCK_TOO_LONG';
  readonly retryable = false;
  constructor(code: FrameError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

import type { SendError } from './send-error.ts';

/** An answer as it came, before anything is made of it. */
export interface ApiAnswer {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly status: number;
  /** Without credentials that the server may have echoed. */
  readonly bodyText: string;
  /** `bodyText` is the beginning of the body only. */
  readonly truncated: boolean;
  /** Of the request: a batch that was halved has several. */
  readonly records: number;
  /** How often the same bytes have been sent, from 1. */
  readonly attempt: number;
}

/** Whoever wants to know what happens on the way to a `SendResult`. */
export interface Watch {
  /** Told of every answer. The send waits for it, and fails with what it throws. */
  readonly onAnswer?: ((answer: ApiAnswer) => Promise<unknown>) | undefined;
  /** Told, each time that a request has to be made again or is cut off, what the send would fail with if it ended there. */
  readonly onFault?: ((fault: SendError) => void) | undefined;
}

import { FanoutError } from '../errors.ts';

const CODES = {
  API_RATE_LIMITED: {
    retryable: true,
    fix: 'Lower the number of workers, or ask Mixpanel for a higher quota.',
  },
  API_UNAVAILABLE: {
    retryable: true,
    fix: 'Send again later; records that did arrive are not counted twice.',
  },
  API_UNAUTHORIZED: {
    retryable: false,
    fix: 'Check the token, or the service account, its expiry and its project, in the secret, and that the project is in the region of the recipe (destination.region): another one does not know it.',
  },
  API_FORBIDDEN: {
    retryable: false,
    fix: 'Give the service account the role Admin or Owner in the project, or use the token of the project.',
  },
  API_ENDPOINT_NOT_FOUND: {
    retryable: false,
    fix: 'Check the endpoint: it is the base URL, without /import, and without redirects.',
  },
  API_REFUSED: {
    retryable: false,
    fix: 'Neither credentials nor records explain it; look at what stands between here and the API.',
  },
};

export type SendErrorCode = keyof typeof CODES;

/** A batch could not be sent, so nothing is known of its records. Sending it again is harmless. */
export class SendError extends FanoutError {
  override readonly name = 'SendError';
  readonly code: SendErrorCode;
  readonly retryable: boolean;
  /** @param detail what was seen, without a full stop */
  constructor(code: SendErrorCode, detail: string, options?: ErrorOptions) {
    super(`${detail}. ${CODES[code].fix}`, options);
    this.code = code;
    this.retryable = CODES[code].retryable;
  }
}

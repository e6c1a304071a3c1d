import { FanoutError } from '../../lib/errors.ts';

/** The function host refused to take an invocation; a failure of the function itself is an `InvokeResult`. */
export class FunctionHostError extends FanoutError {
  override readonly name = 'FunctionHostError';
  readonly code: 'FUNCTION_SETTINGS_INVALID' | 'FUNCTION_HOST_BUSY' | 'FUNCTION_HOST_CLOSED';
  readonly retryable: boolean;
  constructor(code: FunctionHostError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.retryable = code === 'FUNCTION_HOST_BUSY';
  }
}

export const hostClosed = (functionName: string): FunctionHostError =>
  new FunctionHostError(
    'FUNCTION_HOST_CLOSED',
    `The host of ${functionName} was closed and takes no more invocations; start a new one`,
  );

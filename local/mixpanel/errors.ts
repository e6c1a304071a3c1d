import { FanoutError } from '../../lib/errors.ts';

/** The simulator was asked for something it cannot do. */
export class SimulatorError extends FanoutError {
  override readonly name = 'SimulatorError';
  readonly code: 'SIMULATOR_OPTION_INVALID' | 'SIMULATOR_EVENTS_NOT_KEPT' | 'SIMULATOR_FULL';
  readonly retryable = false;

  constructor(code: SimulatorError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

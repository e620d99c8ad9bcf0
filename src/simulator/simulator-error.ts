import { BridgeError } from '../lib/errors.ts';

/** An option, a fault or an argument that the simulator cannot take. The message says what, where, and what to write. */
export class SimulatorOptionError extends BridgeError {
  constructor(message: string) {
    super(message, { code: 'simulator-option', disposition: 'fatal' });
  }
}

/** The address or port cannot be had. */
export class SimulatorListenError extends BridgeError {
  constructor(message: string, cause: unknown) {
    super(message, { code: 'simulator-listen', disposition: 'fatal', cause });
  }
}

/** A broken promise of our own code. Never caught: it ends the process, because what follows cannot be trusted. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/**
 * States what must hold here. For our own mistakes only; bad input gets an error that a person can act on.
 *
 * @throws {@link AssertionError} if `condition` is false.
 */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/**
 * The value, which must be there.
 *
 * @throws {@link AssertionError} if it is null or undefined.
 */
export function present<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new AssertionError(`${what} is missing`);
  return value;
}

/** Ends an exhaustive `switch`: a missing case does not compile, and an impossible value is not passed over. */
export function unreachable(value: never): never {
  throw new AssertionError(`impossible value: ${JSON.stringify(value)}`);
}

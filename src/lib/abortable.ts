/**
 * The promise, given up when the signal aborts. The work behind it cannot be stopped; whatever becomes of it later is
 * ignored, also an error.
 *
 * @throws the signal's reason when it aborts first.
 */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => {
    reject(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)));
  };
  promise.catch(() => undefined);
  aborted.catch(() => undefined);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Asked again after a wait: the signal may have aborted meanwhile, which a type that was narrowed before it denies. */
export function hasAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** How long a condition may take on a busy machine before a test gives up. */
const PATIENCE_MS = 20_000;
const LOOK_EVERY_MS = 20;

/**
 * Waits until `probe` gives something that is neither undefined, null nor false, and returns it.
 *
 * @param what ends the sentence "Waited in vain until …".
 * @throws if it does not within `timeoutMs`, with what `describe` says of the state then.
 */
export async function until<T>(
  what: string,
  probe: () => T | undefined | null | false | Promise<T | undefined | null | false>,
  { timeoutMs = PATIENCE_MS, describe = () => '' }: { timeoutMs?: number; describe?: () => string } = {},
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== null && found !== false) return found;
    if (performance.now() >= deadline) throw new Error(`Waited in vain until ${what}.\n${describe()}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** Who decides which replica owns a shard. It is asked before every fencing: a replica that is not the owner must not fence. */
export interface Ownership {
  /**
   * True if this replica is known to own the shard at a moment after the call; false if it must step down. May wait
   * for that knowledge, such as for the next heartbeat of a consumer group.
   *
   * @throws the signal's reason when it aborts.
   */
  confirm(signal: AbortSignal): Promise<boolean>;
}

/** Ownership of the only replica of an installation. */
export const SOLE_OWNER: Ownership = { confirm: () => Promise.resolve(true) };

/** A transaction that was aborted, as a fetch response names it. */
export interface AbortedTransaction {
  readonly producerId: string;
  /** Its first offset in the partition, in decimal. */
  readonly firstOffset: string;
}

/** What decides whether a message counts. */
export interface TransactionalMessage {
  readonly offset: string;
  readonly key: Buffer | null;
  readonly isControlRecord: boolean;
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean };
}

/** Key of a marker: version, type; both 16 bits. Type 0 is abort. https://kafka.apache.org/documentation/#controlbatch */
const MARKER_TYPE_AT = 2;
const ABORT = 0;

/**
 * The committed messages of one fetch response with read_committed, without markers. It ends before the last stable
 * offset, so whatever is not aborted is committed.
 *
 * kafkajs' own consumer does this wrongly: it takes the list of aborted transactions for sorted by first offset, but
 * brokers send it in the order in which the transactions ended, and of several that began before the fetch it notices
 * only one a message. Where transactions of two producers overlap in a partition and both are aborted, as after a
 * crash of a process with two shards, it hands out aborted records. A Java consumer sorts them, as this does.
 */
export function committedMessages<Message extends TransactionalMessage>(
  messages: readonly Message[],
  abortedTransactions: readonly AbortedTransaction[],
): readonly Message[] {
  const waiting = abortedTransactions
    .map(({ producerId, firstOffset }) => ({ producerId, firstOffset: BigInt(firstOffset) }))
    .sort((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1));
  const aborted = new Set<string>();
  let next = 0;
  return messages.filter((message) => {
    const { producerId, inTransaction } = message.batchContext;
    for (let begun = waiting[next]; begun !== undefined; begun = waiting[next]) {
      if (begun.firstOffset > BigInt(message.offset)) break;
      aborted.add(begun.producerId);
      next += 1;
    }
    if (!message.isControlRecord) return !(inTransaction && aborted.has(producerId));
    if (isAbortMarker(message)) aborted.delete(producerId);
    return false;
  });
}

function isAbortMarker({ key }: TransactionalMessage): boolean {
  return key !== null && key.length >= MARKER_TYPE_AT + 2 && key.readInt16BE(MARKER_TYPE_AT) === ABORT;
}

import type { CheckedHead } from './read-head.ts';
import type { Place, ViolationLog } from './violation.ts';

type Position = Pick<CheckedHead, 'generation' | 'sequence'>;

interface Gap {
  readonly accountId: string;
  readonly gapId: string;
  /** The last `gap` record of this id: it may go on over several generations. */
  opened: (Position & { readonly place: Place }) | null;
  closed: (Position & { readonly place: Place }) | null;
}

/** Every gap by its id, and whether a `snapshotEnded` came after it. Small: there is one for each lost session. */
export class GapLedger {
  readonly #gaps = new Map<string, Gap>();

  opened(head: CheckedHead, gapId: string, place: Place): void {
    const gap = this.#gapOf(gapId, head.accountId);
    if (gap.opened === null || isBefore(gap.opened, head)) gap.opened = { ...positionOf(head), place };
  }

  closed(head: CheckedHead, gapId: string, place: Place): void {
    const gap = this.#gapOf(gapId, head.accountId);
    if (gap.closed === null || isBefore(gap.closed, head)) gap.closed = { ...positionOf(head), place };
  }

  /** How many gaps of the account were opened, and how many of these are closed; each id once. */
  countOf(accountId: string): { readonly opened: number; readonly closed: number } {
    const opened = [...this.#gaps.values()].filter((gap) => gap.accountId === accountId && gap.opened !== null);
    return { opened: opened.length, closed: opened.filter(isClosed).length };
  }

  /** @param isWhole whether every record was read: else a gap may have been opened before. */
  judge(log: ViolationLog, isWhole: boolean): void {
    for (const gap of this.#gaps.values()) {
      const { accountId, gapId, opened, closed } = gap;
      if (opened !== null && !isClosed(gap)) {
        const { generation } = opened;
        const message = `no snapshotEnded closes the gap ${gapId}, last opened by generation ${String(generation)}`;
        log.add('gap-open', opened.place, accountId, message);
      }
      if (opened === null && closed !== null && isWhole) {
        log.add('gap-unknown', closed.place, accountId, `there is no gap ${gapId} that it could close`);
      }
    }
  }

  #gapOf(gapId: string, accountId: string): Gap {
    const name = `${accountId}\n${gapId}`;
    const known = this.#gaps.get(name);
    if (known !== undefined) return known;
    const gap: Gap = { accountId, gapId, opened: null, closed: null };
    this.#gaps.set(name, gap);
    return gap;
  }
}

function positionOf({ generation, sequence }: CheckedHead): Position {
  return { generation, sequence };
}

function isClosed({ opened, closed }: Gap): boolean {
  return opened !== null && closed !== null && isBefore(opened, closed);
}

function isBefore(a: Position, b: Position): boolean {
  return a.generation === b.generation ? a.sequence < b.sequence : a.generation < b.generation;
}

import { Population } from '../src/simulator/population.ts';
import { Random } from '../src/simulator/random.ts';
import { changeUser, type WatchedCategory } from '../src/simulator/user.ts';
import { userElement, userPresence } from '../src/simulator/user-presence.ts';
import { writeXml } from '../src/simulator/xml-writer.ts';

/** What users publish, in the proportions of the simulator's stream. */
const MIX = { state: 78, note: 11, contactCard: 5, calendarData: 4, services: 2 } as const satisfies Record<
  WatchedCategory,
  number
>;
const EVENTS = 400;
const START = '<userPresence';

/** The events of one session as text, written in advance; only the eid is added when an answer is put together. */
export class EventSupply {
  /** What follows `<userPresence eid="…"` in each. */
  readonly #rests: readonly string[];

  /** @param users URIs; each publishes in turn, so that a few dozen events cover them all. */
  constructor(users: readonly string[], seed: string) {
    const random = new Random(seed);
    const population = new Population(seed, users);
    const atMs = Date.now();
    this.#rests = Array.from({ length: EVENTS }, (_, index) => {
      const user = population.find(users[index % users.length] ?? '');
      if (user === null) throw new RangeError('a supply needs users');
      const category = random.weighted(MIX);
      changeUser(user, category);
      return writeXml(userPresence([userElement(user, [category], atMs)]), 'indented', 1).slice(START.length);
    });
  }

  /** Events with the eids `from` … `to`, as they stand in an answer. */
  write(from: number, to: number): string {
    let text = '';
    for (let eid = from; eid <= to; eid += 1) {
      text += `\n  ${START} eid="${eid}"${this.#rests[eid % this.#rests.length] ?? ''}`;
    }
    return text;
  }
}

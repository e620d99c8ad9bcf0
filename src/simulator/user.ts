import { unreachable } from '../lib/assert.ts';
import { personName } from './names.ts';
import { Random } from './random.ts';

/** The category documents that other people see of a user (events §6.2). */
export type WatchedCategory = 'state' | 'note' | 'contactCard' | 'calendarData' | 'services';

export const WATCHED_CATEGORIES: readonly WatchedCategory[] = [
  'state',
  'note',
  'contactCard',
  'calendarData',
  'services',
];

/** One person of the population and what is published about them now. One presence, however many sessions watch it. */
export interface User {
  /** As on the wire, with `sip:`. */
  readonly uri: string;
  readonly sourceNetwork: 'sameEnterprise' | 'federated';
  /** Decides every content of this user, so that it does not depend on the others. */
  readonly random: Random;
  displayName: string;
  readonly lcid: number;
  availability: number;
  activityToken: string | null;
  /** The custom activity text, in the user's language. */
  activityText: string | null;
  /** Null: no note (an empty category); "" is an empty note, which is something else. */
  note: string | null;
  noteType: 'personal' | 'OOF';
  title: string;
  office: string;
  /** Decides the free-busy slots and the working hours. */
  calendarSeed: number;
  /** How often each category was published. */
  readonly versions: Record<WatchedCategory, number>;
}

const AVAILABILITIES: readonly (readonly [availability: number, token: string | null])[] = [
  [3500, null],
  [3500, null],
  [5000, null],
  [6500, null],
  [6500, 'in-a-meeting'],
  [6500, 'on-the-phone'],
  [6900, 'urgent-interruptions-only'],
  [7000, 'in-a-conference'],
  [7500, null],
  [9500, 'in-presentation'],
  [12500, null],
  [15500, null],
  [15500, 'out-of-office'],
  [15500, 'off-work'],
  [18500, null],
  [18000, null],
  [0, 'Offline'],
];

const ACTIVITY_TEXTS: readonly string[] = ['I møde', 'В дороге', '会議中', 'Zu Tisch 🍜', 'خارج المكتب', 'R&D <lab>'];

const NOTES: readonly string[] = [
  '',
  'At the lighthouse until noon',
  'two\nlines & more',
  '  blanks kept  ',
  'a < b && c > d "quoted" \'single\'',
  'end of section ]]> is only text',
  'tab\there, carriage\r\nreturn there',
  'Ñandú – ελληνικά – Привет – שלום – مرحبا – नमस्ते – สวัสดี – 你好 – 👩‍👩‍👧‍👦 𝔘𝔫𝔦𝔠𝔬𝔡𝔢',
  'e\u0301 is not é here',
  '&amp; looks like an entity',
  `long ${'la '.repeat(160)}end`,
];

const TITLES: readonly string[] = ['Pilot', 'Deckhand', 'Harbour & Tides', 'Инженер', '部長', 'Chef d’équipe'];

/** A user as seen for the first time. The same seed and URI always give the same user. */
export function makeUser(seed: string, uri: string): User {
  const random = new Random(`${seed}/user/${uri.toLowerCase()}`);
  const { displayName, lcid } = personName(random);
  const user: User = {
    uri,
    sourceNetwork: random.chance(0.9) ? 'sameEnterprise' : 'federated',
    random,
    displayName,
    lcid,
    availability: 0,
    activityToken: null,
    activityText: null,
    note: random.chance(0.3) ? null : random.pick(NOTES),
    noteType: 'personal',
    title: random.pick(TITLES),
    office: `Pier ${String(random.between(1, 40))}`,
    calendarSeed: random.below(1_000_000),
    versions: { state: 0, note: 0, contactCard: 0, calendarData: 0, services: 0 },
  };
  changeUser(user, 'state');
  return user;
}

/** Gives one category of the user new contents. */
export function changeUser(user: User, category: WatchedCategory): void {
  const { random } = user;
  user.versions[category] += 1;
  switch (category) {
    case 'state': {
      const [availability, token] = random.pick(AVAILABILITIES);
      user.availability = availability;
      user.activityToken = token;
      user.activityText = token !== null && random.chance(0.4) ? random.pick(ACTIVITY_TEXTS) : null;
      return;
    }
    case 'note':
      user.note = random.chance(0.15) ? null : random.pick(NOTES);
      user.noteType = random.chance(0.2) ? 'OOF' : 'personal';
      return;
    case 'contactCard':
      user.title = random.pick(TITLES);
      user.office = `Pier ${String(random.between(1, 40))}`;
      return;
    case 'calendarData':
      user.calendarSeed = random.below(1_000_000);
      return;
    case 'services':
      return; // Only the version tells the capabilities.
    default:
      unreachable(category);
  }
}

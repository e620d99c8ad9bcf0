import {
  CALENDAR_DATA_NAMESPACE,
  CATEGORIES_NAMESPACE,
  CONTACT_CARD_NAMESPACE,
  DEVICE_NAMESPACE,
  EXCHANGE_TYPES_NAMESPACE,
  MWI_NAMESPACE,
  NOTE_NAMESPACE,
  OPTIONS_NAMESPACE,
  ROUTING_NAMESPACE,
  SERVICES_NAMESPACE,
  STATE_NAMESPACE,
} from '../../cwa/protocol.ts';
import type { ElementReader } from '../reading/element-reader.ts';
import { type CalendarData, readCalendarData } from './calendar-data.ts';
import { type ContactCard, readContactCard } from './contact-card.ts';
import { type Device, readDevice } from './device.ts';
import { type Note, readNote } from './note.ts';
import { type Options, readAlerts, readLegacyInterop, readMwi, readOtherOptions, readRccOptions } from './options.ts';
import { type Routing, readRouting } from './routing.ts';
import { readServices, type Services } from './services.ts';
import { readState, type State } from './state.ts';
import { readUserInformation, type UserInformation } from './user-information.ts';
import { readUserProperties, type UserProperties } from './user-properties.ts';

/** The typed bodies of a category, of which one at most is there. */
export interface CategoryBodies {
  readonly state: State | null;
  readonly note: Note | null;
  readonly contactCard: ContactCard | null;
  readonly calendarData: CalendarData | null;
  readonly services: Services | null;
  readonly device: Device | null;
  readonly routing: Routing | null;
  readonly userInformation: UserInformation | null;
  readonly userProperties: UserProperties | null;
  readonly options: Options | null;
}

export const NO_BODY: CategoryBodies = {
  state: null,
  note: null,
  contactCard: null,
  calendarData: null,
  services: null,
  device: null,
  routing: null,
  userInformation: null,
  userProperties: null,
  options: null,
};

/** How the body of a category is read. */
export interface BodyKind {
  /** Local names of its root. */
  readonly roots: readonly string[];
  /** In lower case; another one is read too, with a warning. */
  readonly namespaces: readonly string[];
  readonly read: (reader: ElementReader) => CategoryBodies;
}

function kind(
  root: string | readonly string[],
  namespaces: readonly string[],
  read: (reader: ElementReader) => Partial<CategoryBodies>,
): BodyKind {
  return {
    roots: typeof root === 'string' ? [root] : root,
    namespaces: namespaces.map((namespace) => namespace.toLowerCase()),
    read: (reader) => ({ ...NO_BODY, ...read(reader) }),
  };
}

const state = kind('state', [STATE_NAMESPACE], (reader) => ({ state: readState(reader) }));
const note = kind('note', [NOTE_NAMESPACE], (reader) => ({ note: readNote(reader) }));
const calendar = kind(
  ['calendarData', 'WorkingHours', 'workingHours'],
  [CALENDAR_DATA_NAMESPACE, EXCHANGE_TYPES_NAMESPACE],
  (reader) => ({ calendarData: readCalendarData(reader) }),
);

/** By category name, which is case-sensitive (events-and-categories §6.1, §6.3, §7). */
export const BODY_KINDS: ReadonlyMap<string, BodyKind> = new Map([
  ['state', state],
  ['dndState', state],
  ['note', note],
  ['noteHistory', note],
  [
    'contactCard',
    kind('contactCard', [CONTACT_CARD_NAMESPACE], (reader) => ({ contactCard: readContactCard(reader) })),
  ],
  ['calendarData', calendar],
  ['workingHours', calendar],
  ['services', kind('services', [SERVICES_NAMESPACE], (reader) => ({ services: readServices(reader) }))],
  ['device', kind('device', [DEVICE_NAMESPACE], (reader) => ({ device: readDevice(reader) }))],
  [
    'routing',
    kind('routing', [ROUTING_NAMESPACE, 'http://schemas.microsoft.com/2006/09/sip/routing'], (reader) => ({
      routing: readRouting(reader),
    })),
  ],
  [
    'userInformation',
    kind('userInformation', [`${OPTIONS_NAMESPACE}userInformation`], (reader) => ({
      userInformation: readUserInformation(reader),
    })),
  ],
  [
    'userProperties',
    kind('userProperties', [CATEGORIES_NAMESPACE], (reader) => ({ userProperties: readUserProperties(reader) })),
  ],
  ['alerts', kind('alerts', [`${OPTIONS_NAMESPACE}alerts`], (reader) => ({ options: readAlerts(reader) }))],
  [
    'otherOptions',
    kind('otherOptions', [`${OPTIONS_NAMESPACE}otherOptions`], (reader) => ({ options: readOtherOptions(reader) })),
  ],
  [
    'rccOptions',
    kind('rccOptions', [`${OPTIONS_NAMESPACE}rccOptions`], (reader) => ({ options: readRccOptions(reader) })),
  ],
  [
    'legacyInterop',
    kind('legacyInterop', [CATEGORIES_NAMESPACE], (reader) => ({ options: readLegacyInterop(reader) })),
  ],
  ['mwi', kind('mwi', [MWI_NAMESPACE], (reader) => ({ options: readMwi(reader) }))],
]);

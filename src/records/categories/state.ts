import { availabilityNameOf } from '../availability.ts';
import type { ElementReader } from '../reading/element-reader.ts';
import {
  array,
  boolean,
  field,
  int,
  long,
  optional,
  record,
  text,
  timestamp,
  uriText,
  type ValueOf,
} from '../schema/schema.ts';
import { localTextSchema, readLocalText } from './local-text.ts';

/** Category `state`, and `dndState`, which has the same body (events-and-categories §7.1, §7.9). */
const activitySchema = record('Activity', 'Applies while the aggregate availability lies in [min, max].', {
  token: optional(text, 'on-the-phone, in-a-meeting, … : open set.'),
  min: optional(long, 'Lowest availability; 0 if absent.'),
  max: optional(long, 'Highest availability; no bound if absent.'),
  custom: field(array(localTextSchema), 'Texts of its own instead of a token.'),
});

export const stateSchema = record('State', 'Body of the categories state and dndState.', {
  stateType: optional(text, 'xsi:type without prefix: aggregateState, userState, machineState, … : open set.'),
  manual: optional(boolean, 'Set by hand.'),
  startTime: optional(timestamp, 'Since when.'),
  startTimeRaw: optional(text, 'Verbatim, where startTime does not say all of it.'),
  lastActive: optional(timestamp, 'When the user was last active; while idle or away.'),
  lastActiveRaw: optional(text, 'Verbatim, where lastActive does not say all of it.'),
  endpointId: optional(text, 'Endpoint that published a machine state.'),
  uri: optional(uriText, 'Line of a phone state, mailbox of a calendar state; verbatim.'),
  majorVersion: optional(int, 'Version of the body.'),
  minorVersion: optional(int, 'Version of the body.'),
  availability: optional(long, 'Null: no statement.'),
  availabilityName: optional(text, 'Name of the range that availability lies in.'),
  activities: field(array(activitySchema), 'In document order.'),
  activityToken: optional(text, 'First token among the activities.'),
  endpointLocation: optional(text, 'office, mobile, home, none, or free text.'),
  meetingSubject: optional(localTextSchema, 'Of a calendar state.'),
  meetingLocation: optional(localTextSchema, 'Of a calendar state.'),
  timeZoneBias: optional(int, 'Minutes: UTC = local time + bias.'),
  timeZoneName: optional(text, 'Windows name.'),
  timeZoneAbbreviation: optional(text, 'Such as CET.'),
  device: optional(text, 'computer, deskphone, mobile, web; letter case varies.'),
});

export type State = ValueOf<typeof stateSchema>;
type Activity = ValueOf<typeof activitySchema>;

export function readState(reader: ElementReader): State {
  const startTime = reader.time('startTime');
  const lastActive = reader.time('lastActive');
  const availability = reader.childLong('availability');
  const activities = reader.all('activity', readActivity);
  return {
    stateType: reader.xsiType(),
    manual: reader.boolean('manual'),
    startTime: startTime.at,
    startTimeRaw: startTime.raw,
    lastActive: lastActive.at,
    lastActiveRaw: lastActive.raw,
    endpointId: reader.attribute('endpointId'),
    uri: reader.attribute('uri'),
    majorVersion: reader.integer('majorVersion'),
    minorVersion: reader.integer('minorVersion'),
    availability,
    availabilityName: availability === null ? null : availabilityNameOf(availability),
    activities,
    activityToken: activities.find(({ token }) => token !== null)?.token ?? null,
    endpointLocation: reader.childText('endpointLocation'),
    meetingSubject: reader.one('meetingSubject', readLocalText),
    meetingLocation: reader.one('meetingLocation', readLocalText),
    timeZoneBias: reader.childInteger('timeZoneBias'),
    timeZoneName: reader.childText('timeZoneName'),
    timeZoneAbbreviation: reader.childText('timeZoneAbbreviation'),
    device: reader.childToken('device'),
  };
}

function readActivity(reader: ElementReader): Activity {
  return {
    token: reader.token('token'),
    min: reader.long('minAvailability'),
    max: reader.long('maxAvailability'),
    custom: reader.all('custom', readLocalText),
  };
}

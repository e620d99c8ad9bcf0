import { type ElementReader, readText } from '../reading/element-reader.ts';
import { parseBoolean } from '../reading/values.ts';
import { array, boolean, field, optional, record, text, type ValueOf } from '../schema/schema.ts';

/** Event `configuration` (events-and-categories §4.10): what the server allows and asks for. */
const searchPolicySchema = record('SearchPolicy', 'How the directory is searched.', {
  defaultFunction: optional(text, 'Verbatim.'),
  defaultFields: optional(text, 'Digits, verbatim: leading zeros count.'),
});

const composingTimersSchema = record('ComposingTimers', 'Timers of typing notices; the unit is not documented.', {
  refreshIntervalRaw: optional(text, 'Verbatim.'),
  timeoutRaw: optional(text, 'Verbatim.'),
});

export const serverConfigurationSchema = record('ServerConfiguration', 'Policy of the server for the account.', {
  search: field(array(searchPolicySchema), 'In document order, like all below.'),
  enableAppearOffline: field(array(boolean), 'Whether one may appear offline.'),
  imComposingTimers: field(array(composingTimersSchema), 'As documented, one.'),
  customAuthLogoffUrl: field(array(text), 'Verbatim.'),
  userNotice: field(array(text), 'Verbatim.'),
});

/** Every part is documented as occurring any number of times. */
export function readServerConfiguration(reader: ElementReader): ValueOf<typeof serverConfigurationSchema> {
  return {
    search: reader.all('search', (search) => ({
      defaultFunction: search.attribute('defaultFunction'),
      defaultFields: search.attribute('defaultFields'),
    })),
    enableAppearOffline: reader.all('enableAppearOffline', readPermission).filter((isAllowed) => isAllowed !== null),
    imComposingTimers: reader.all('imComposingTimers', (timers) => ({
      refreshIntervalRaw: timers.attribute('refreshInterval'),
      timeoutRaw: timers.attribute('timeout'),
    })),
    customAuthLogoffUrl: reader.all('customAuthLogoffUrl', readText),
    userNotice: reader.all('userNotice', readText),
  };
}

function readPermission(reader: ElementReader): boolean | null {
  const raw = reader.text();
  const isAllowed = parseBoolean(raw);
  if (isAllowed === null) reader.keepUnread('#text', raw, 'bad-boolean');
  return isAllowed;
}

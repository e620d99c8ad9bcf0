import type { ElementReader } from '../reading/element-reader.ts';
import { array, boolean, field, int, long, optional, record, text, type ValueOf } from '../schema/schema.ts';

/**
 * The small categories of settings (events-and-categories §7.9, §7.10): alerts, otherOptions, rccOptions,
 * legacyInterop and mwi. Their names do not overlap, so they share one body; each fills its own fields.
 */
const permissionSchema = record('Permission', 'A child of permissions.', {
  name: field(text, 'Element name.'),
  value: field(text, 'Its text.'),
});

export const optionsSchema = record('Options', 'Body of alerts, otherOptions, rccOptions, legacyInterop and mwi.', {
  alertsWhenDoNotDisturb: optional(text, 'alerts: displayAllAlerts, displayAlertsFromHighPresence, noAlerts.'),
  notifyAdditionToContactList: optional(boolean, 'alerts.'),
  showMessageTextForIncomingConversation: optional(boolean, 'alerts.'),
  permissions: field(array(permissionSchema), 'otherOptions, in document order.'),
  voiceMailLastAccessTimestamp: optional(text, 'otherOptions, verbatim.'),
  missedConversationLastAccessTimestamp: optional(text, 'otherOptions, verbatim.'),
  privacyModeUserSelection: optional(text, 'otherOptions, verbatim.'),
  currentPrivacyMode: optional(text, 'otherOptions, verbatim.'),
  lastQueryPrivacyEnabled: optional(text, 'otherOptions, verbatim.'),
  publishEndpointLocation: optional(text, 'otherOptions, verbatim.'),
  forwardingMode: optional(text, 'rccOptions: disabled, static.'),
  forwardingToPhoneType: optional(text, 'rccOptions.'),
  availability: optional(long, 'legacyInterop: availability for old clients.'),
  token: optional(text, 'legacyInterop: activity token for old clients.'),
  messageWaiting: optional(boolean, 'mwi.'),
  unreadVoiceMailCount: optional(int, 'mwi.'),
  readVoiceMailCount: optional(int, 'mwi.'),
});

export type Options = ValueOf<typeof optionsSchema>;

const NONE: Options = {
  alertsWhenDoNotDisturb: null,
  notifyAdditionToContactList: null,
  showMessageTextForIncomingConversation: null,
  permissions: [],
  voiceMailLastAccessTimestamp: null,
  missedConversationLastAccessTimestamp: null,
  privacyModeUserSelection: null,
  currentPrivacyMode: null,
  lastQueryPrivacyEnabled: null,
  publishEndpointLocation: null,
  forwardingMode: null,
  forwardingToPhoneType: null,
  availability: null,
  token: null,
  messageWaiting: null,
  unreadVoiceMailCount: null,
  readVoiceMailCount: null,
};

export function readAlerts(reader: ElementReader): Options {
  return {
    ...NONE,
    alertsWhenDoNotDisturb: reader.childToken('alertsWhenDoNotDisturb'),
    notifyAdditionToContactList: reader.childBoolean('notifyAdditionToContactList'),
    showMessageTextForIncomingConversation: reader.childBoolean('showMessageTextForIncomingConversation'),
  };
}

export function readOtherOptions(reader: ElementReader): Options {
  return {
    ...NONE,
    permissions: reader.one('permissions', (list) => list.each(readPermission)) ?? [],
    voiceMailLastAccessTimestamp: reader.childText('voiceMailLastAccessTimestamp'),
    missedConversationLastAccessTimestamp: reader.childText('missedConversationLastAccessTimestamp'),
    privacyModeUserSelection: reader.childText('privacyModeUserSelection'),
    currentPrivacyMode: reader.childText('currentPrivacyMode'),
    lastQueryPrivacyEnabled: reader.childText('lastQueryPrivacyEnabled'),
    publishEndpointLocation: reader.childText('publishEndpointLocation'),
  };
}

function readPermission(reader: ElementReader): ValueOf<typeof permissionSchema> {
  return { name: reader.element.name, value: reader.text() };
}

export function readRccOptions(reader: ElementReader): Options {
  const forwarding = reader.one('forwarding', (element) => ({
    forwardingMode: element.token('mode') ?? element.childToken('mode'),
    forwardingToPhoneType: element.token('toPhoneType') ?? element.childToken('toPhoneType'),
  }));
  return { ...NONE, ...forwarding };
}

export function readLegacyInterop(reader: ElementReader): Options {
  return { ...NONE, availability: reader.long('availability'), token: reader.token('token') };
}

export function readMwi(reader: ElementReader): Options {
  return {
    ...NONE,
    messageWaiting: reader.childBoolean('messageWaiting'),
    unreadVoiceMailCount: reader.childInteger('unreadVoiceMailCount'),
    readVoiceMailCount: reader.childInteger('readVoiceMailCount'),
  };
}

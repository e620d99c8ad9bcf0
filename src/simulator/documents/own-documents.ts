import {
  ALERTS_NAMESPACE,
  CATEGORIES_NAMESPACE,
  DEVICE_NAMESPACE,
  MESSAGE_WAITING_NAMESPACE,
  OTHER_OPTIONS_NAMESPACE,
  ROUTING_NAMESPACE,
  USER_INFORMATION_NAMESPACE,
} from '../namespaces.ts';
import { vocabulary, type Element } from '../xml-node.ts';

const alerts = vocabulary(ALERTS_NAMESPACE);
const categories = vocabulary(CATEGORIES_NAMESPACE);
const device = vocabulary(DEVICE_NAMESPACE);
const mwi = vocabulary(MESSAGE_WAITING_NAMESPACE);
const options = vocabulary(OTHER_OPTIONS_NAMESPACE);
const routing = vocabulary(ROUTING_NAMESPACE);
const information = vocabulary(USER_INFORMATION_NAMESPACE);

/** A category document with the name and instance that it is published under. */
export interface OwnDocument {
  readonly name: string;
  readonly instance: number;
  readonly body: Element;
}

/** What an account publishes for itself besides its states (events §7.6 to §7.10). */
export function ownDocuments(accountUri: string): readonly OwnDocument[] {
  return [
    { name: 'device', instance: 4294967290, body: ownDevice(accountUri) },
    { name: 'routing', instance: 0, body: ownRouting() },
    { name: 'userInformation', instance: 0, body: ownInformation() },
    { name: 'alerts', instance: 0, body: ownAlerts() },
    {
      name: 'otherOptions',
      instance: 1,
      body: options('otherOptions', {}, [options('currentPrivacyMode', {}, 'false')]),
    },
    { name: 'legacyInterop', instance: 1, body: categories('legacyInterop', { availability: 3500, token: '' }) },
    { name: 'mwi', instance: 0, body: messagesWaiting() },
  ];
}

/** One signed-in endpoint. Its instance is a hash, so any number of 32 bits. */
function ownDevice(accountUri: string): Element {
  return device('device', { endpointId: '{0f8fad5b-d9cb-469f-a165-70867728950e}' }, [
    device('capabilities', { preferred: 'true', uri: accountUri }, [
      device('text', { capture: 'true', render: 'true', publish: 'false' }),
    ]),
    device('timezone', {}, '00:00:00-07:00'),
    device('machineName', {}, 'CWA-WEB'),
  ]);
}

function ownRouting(): Element {
  return routing('routing', { name: 'rtcdefault', version: 1 }, [
    routing('preamble', {}, [
      routing('flags', { name: 'clientflags', value: 'enablecf forward_immediate' }),
      routing('wait', { name: 'total', seconds: 20 }),
      routing('list', { name: 'forwardto' }, [routing('target', { uri: 'sip:odo@northpier.example' })]),
    ]),
  ]);
}

function ownInformation(): Element {
  return information('userInformation', {}, [
    information('phones', {}, [
      information('phone', { type: 'work', publish: 'true', readOnly: 'false' }, [
        information('uri', {}, 'tel:+4555501000'),
        information('displayString', {}, '+45 5550 1000'),
      ]),
    ]),
  ]);
}

function ownAlerts(): Element {
  return alerts('alerts', {}, [
    alerts('alertsWhenDoNotDisturb', {}, 'noAlerts'),
    alerts('notifyAdditionToContactList', {}, 'True'),
  ]);
}

function messagesWaiting(): Element {
  return mwi('mwi', {}, [
    mwi('messageWaiting', {}, 'true'),
    mwi('unreadVoiceMailCount', {}, '2'),
    mwi('readVoiceMailCount', {}, '5'),
  ]);
}

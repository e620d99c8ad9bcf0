import { DEVICE_NAMESPACE, SERVICE_NAMESPACE } from '../namespaces.ts';
import type { User } from '../user.ts';
import { vocabulary, type Element } from '../xml-node.ts';

const el = vocabulary(SERVICE_NAMESPACE);
const device = vocabulary(DEVICE_NAMESPACE);

/** What the user's endpoints can do (events §7.5). */
export function services(user: User): Element {
  const hasVideo = user.versions.services % 2 === 1;
  return el('services', {}, [
    el('service', { uri: user.uri }, [
      el('capabilities', {}, [
        el('text', { render: 'true', capture: 'true', deviceAvailability: user.availability }),
        el('gifInk', { render: 'true', capture: 'false', deviceAvailability: user.availability }),
        ...(hasVideo ? [el('video', { render: 'true', capture: 'true', deviceAvailability: user.availability })] : []),
        el('calendar', { preferred: 'false' }),
      ]),
    ]),
  ]);
}

/** One signed-in endpoint of the account itself (events §7.6). */
export function ownDevice(accountUri: string): Element {
  return device('device', { endpointId: '{0f8fad5b-d9cb-469f-a165-70867728950e}' }, [
    device('capabilities', { preferred: 'true', uri: accountUri }, [
      device('text', { capture: 'true', render: 'true', publish: 'false' }),
    ]),
    device('timezone', {}, '00:00:00-07:00'),
    device('machineName', {}, 'CWA-WEB'),
  ]);
}

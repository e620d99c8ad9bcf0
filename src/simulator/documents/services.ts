import { SERVICE_NAMESPACE } from '../namespaces.ts';
import type { User } from '../user.ts';
import { vocabulary, type Element } from '../xml-node.ts';

const el = vocabulary(SERVICE_NAMESPACE);

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

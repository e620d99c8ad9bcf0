import { XSI_NAMESPACE } from '../../cwa/protocol.ts';
import { STATE_NAMESPACE } from '../namespaces.ts';
import type { User } from '../user.ts';
import { vocabulary, type Element, type Node, type Vocabulary } from '../xml-node.ts';

const unprefixed = vocabulary(STATE_NAMESPACE);
const prefixed = vocabulary(STATE_NAMESPACE, 'st');

/** The states from which a user counts as away or idle and `lastActive` is told (events §7.1). */
const IDLE: ReadonlySet<number> = new Set([5000, 7500, 12500, 15500]);

/**
 * The aggregate that watchers see (events §7.1).
 *
 * @param publishTime ISO 8601.
 */
export function aggregateState(user: User, publishTime: string): Element {
  const isPrefixed = user.versions.state % 16 === 15;
  const el = isPrefixed ? prefixed : unprefixed;
  const children: Node[] = [el('availability', {}, String(user.availability))];
  if (user.activityToken !== null || user.activityText !== null) children.push(activity(el, user));
  if (user.versions.state % 5 === 1) {
    children.push(el('endpointLocation', {}, 'office'), el('timeZoneBias', {}, '-60'));
    children.push(el('timeZoneName', {}, 'Romance Standard Time'), el('device', {}, 'computer'));
  }
  return el(
    'state',
    {
      [`{${XSI_NAMESPACE}}type`]: isPrefixed ? 'st:aggregateState' : 'aggregateState',
      lastActive: IDLE.has(user.availability) ? publishTime : undefined,
    },
    children,
  );
}

/** One published state of the account itself, as `selfPresence` shows it. */
export function ownState(type: 'userState' | 'machineState', availability: number): Element {
  return unprefixed('state', { [`{${XSI_NAMESPACE}}type`]: type, manual: type === 'userState' ? 'true' : undefined }, [
    unprefixed('availability', {}, String(availability)),
  ]);
}

function activity(el: Vocabulary, user: User): Element {
  const custom = user.activityText === null ? [] : [el('custom', { LCID: user.lcid }, user.activityText)];
  const isRanged = user.activityToken === 'in-a-meeting';
  return el(
    'activity',
    {
      token: user.activityToken ?? undefined,
      minAvailability: isRanged ? 6500 : undefined,
      maxAvailability: isRanged ? 8999 : undefined,
    },
    custom,
  );
}

import { CONTACT_CARD_NAMESPACE } from '../namespaces.ts';
import type { User } from '../user.ts';
import { vocabulary, type Element } from '../xml-node.ts';

const el = vocabulary(CONTACT_CARD_NAMESPACE);

/** A card is spread over several instances of one category; this many are published (events §6.4, §7.3). */
export const CONTACT_CARD_INSTANCES: readonly number[] = [0, 2, 3];

/** One instance of the card: 0 identity and phones, 2 address, 3 title, company and office. */
export function contactCard(user: User, instance: number): Element {
  switch (instance) {
    case 0:
      return identity(user);
    case 2:
      return el('contactCard', {}, [
        el('address', { type: 'work' }, [
          el('street', {}, `Havnegade ${String(user.calendarSeed % 90)}`),
          el('city', {}, 'Skagen'),
          el('state'),
          el('zipcode', {}, '9990'),
          el('countryCode', {}, 'DK'),
        ]),
      ]);
    default:
      return el('contactCard', { isUCEnabled: 'true' }, [
        el('company', {}, 'Fabrikam & Søn'),
        el('title', {}, user.title),
        el('office', {}, user.office),
      ]);
  }
}

function identity(user: User): Element {
  return el('contactCard', {}, [
    el('identity', {}, [
      el('name', {}, [el('displayName', { LCID: user.lcid }, user.displayName)]),
      el('email', {}, user.uri.slice('sip:'.length)),
    ]),
    el('phone', { type: 'work' }, [
      el('uri', {}, `tel:+45555${String(10000 + (user.calendarSeed % 80000))}`),
      el('displayString', {}, `+45 555 ${String(10000 + (user.calendarSeed % 80000))}`),
    ]),
    el('phone', { type: 'mobile' }, [el('uri', {}, 'tel:'), el('displayString')]),
  ]);
}

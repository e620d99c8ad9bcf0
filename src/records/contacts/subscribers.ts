import type { ElementReader } from '../reading/element-reader.ts';
import { readUri } from '../reading/read-uri.ts';
import { boolean, optional, record, text, uriText, type ValueOf, verbatimText } from '../schema/schema.ts';

/**
 * Event `subscribers` (events-and-categories §4.4): who watches the account. The documentation contradicts itself on
 * whether these are all of them or those not yet acknowledged: no record claims to be complete.
 */
export const subscriberSchema = record('Subscriber', 'Somebody who watches the account.', {
  uri: optional(uriText, 'Normalised.'),
  uriRaw: optional(verbatimText, 'Verbatim.'),
  displayName: optional(text, 'Verbatim.'),
  sourceNetwork: optional(text, 'domain, sameEnterprise, publicCloud, federated; open set.'),
  acknowledged: optional(boolean, 'Whether the account has acknowledged it.'),
});

export function readSubscriber(reader: ElementReader): ValueOf<typeof subscriberSchema> {
  return {
    ...readUri(reader, 'uri'),
    displayName: reader.attribute('displayName'),
    sourceNetwork: reader.token('sourceNetwork'),
    acknowledged: reader.boolean('acknowledged'),
  };
}

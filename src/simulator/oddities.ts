import type { Random } from './random.ts';
import { plain, vocabulary, type Element } from './xml-node.ts';

const tide = vocabulary('urn:northpier:tide', 'tide');
const elided = vocabulary('...');

/**
 * An event that no documentation promises but a client must survive (events §9): unknown elements, foreign attributes,
 * a namespace of three dots, attributes in another spelling, no eid.
 *
 * @param uri a watched user.
 */
export function oddEvent(random: Random, uri: string): { readonly element: Element; readonly hasEid: boolean } {
  const hasEid = !random.chance(0.2);
  switch (random.below(6)) {
    case 0:
      return {
        element: plain('tideWarning', { level: random.below(9) }, [plain('text', {}, 'high & rising')]),
        hasEid,
      };
    case 1:
      return { element: plain('futureEvent', {}, [plain('user', { uri, '{urn:northpier:tide}mark': 'x y' })]), hasEid };
    case 2:
      return {
        element: plain('userPresence', {}, [
          plain('user', { uri: ` ${uri.toUpperCase()} `, sourceNetwork: 'moon' }, [
            plain('cwaCategory', { name: 'state', instanceMask: 1, publishTime: 'yesterday' }, [
              elided('state', {}, [elided('availability', {}, ' 3500\n')]),
            ]),
          ]),
        ]),
        hasEid,
      };
    case 3:
      return { element: plain('userRawCategories', {}, [plain('user', { uri }, [rawCategory(random)])]), hasEid };
    case 4:
      return { element: plain('configurations', {}, [plain('enableAppearOffline', {}, 'False')]), hasEid: false };
    default:
      return { element: plain('presenceSubscriptionState', {}, [plain('user', { uri, state: 'drowsy' })]), hasEid };
  }
}

function rawCategory(random: Random): Element {
  return plain(
    'rawCategory',
    { name: 'tideTable', nameSpace: 'urn:northpier:tide', instanceMask: 1, version: 3, container: '200' },
    [tide('tide', { high: `0${String(random.below(10))}:41` }, [tide('by', {}, 'R\u00f8nne \u{1F30A}')])],
  );
}

import type { ElementReader } from '../reading/element-reader.ts';
import { readUri } from '../reading/read-uri.ts';
import { array, field, int, optional, record, text, uriText, type ValueOf } from '../schema/schema.ts';

/**
 * Event `containers` (events-and-categories §4.5): the access levels, all of them after the sign-in and then each that
 * changed, always with its full membership. Nothing deletes a container: one without members is empty.
 */
const memberSchema = record('Member', 'Who is in a container.', {
  type: optional(text, 'uri (or user), domain, sameEnterprise, federated, publicCloud, everyone; open set.'),
  value: optional(uriText, 'Verbatim; null for the types that name nobody.'),
  uri: optional(uriText, 'Normalised value of a member of the type uri or user.'),
});

export const containerSchema = record(
  'Container',
  'An access level with all its members: it replaces what was known of it.',
  {
    id: optional(int, 'Number of the container.'),
    idName: optional(text, 'Default, Self, Aggregation, Public, Workplace, Team, Personal, Block; null for any other.'),
    members: field(array(memberSchema), 'In document order; none: nobody is in it.'),
  },
);

/** The numbers that mean something (§8.5). Clients call 200 Company, too. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [0, 'Default'],
  [1, 'Self'],
  [2, 'Aggregation'],
  [3, 'Aggregation'],
  [100, 'Public'],
  [200, 'Workplace'],
  [300, 'Team'],
  [400, 'Personal'],
  [32_000, 'Block'],
]);

export function readContainer(reader: ElementReader): ValueOf<typeof containerSchema> {
  const id = reader.integer('id');
  const idName = id === null ? null : (NAMES.get(id) ?? null);
  return { id, idName, members: reader.all('member', readMember) };
}

/** The types whose value is the URI of a person; SIP documents say `user`. The value of a `domain` is none. */
const PERSON: ReadonlySet<string> = new Set(['uri', 'user']);

function readMember(reader: ElementReader): ValueOf<typeof memberSchema> {
  const type = reader.token('type');
  if (type === null || !PERSON.has(type.toLowerCase())) return { type, value: reader.attribute('value'), uri: null };
  const { uri, uriRaw } = readUri(reader, 'value');
  return { type, value: uriRaw, uri };
}

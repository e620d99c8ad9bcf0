import type { ElementReader } from '../reading/element-reader.ts';
import { wordsOf } from '../reading/values.ts';
import { array, field, int, optional, record, text, uriText, type ValueOf } from '../schema/schema.ts';

/** Category `routing` (events-and-categories §7.7): call-forwarding rules, seen by the user alone. */
const waitSchema = record('RoutingWait', 'How long to wait before the next step.', {
  name: optional(text, 'total, user, team1, team2.'),
  seconds: optional(int, 'Seconds.'),
});

const targetSchema = record('RoutingTarget', 'Where a call goes.', {
  uri: optional(uriText, 'Verbatim.'),
  application: optional(text, 'Verbatim.'),
});

const listSchema = record('RoutingList', 'A list of targets.', {
  name: optional(text, 'forwardto, team, delegates, … : open set.'),
  targets: field(array(targetSchema), 'In document order.'),
});

export const routingSchema = record('Routing', 'Body of the category routing.', {
  name: optional(text, 'Name of the rules.'),
  version: optional(text, 'Verbatim.'),
  flags: field(array(text), 'enablecf, forward_immediate, … : open set.'),
  waits: field(array(waitSchema), 'In document order.'),
  lists: field(array(listSchema), 'In document order.'),
});

export type Routing = ValueOf<typeof routingSchema>;
type Preamble = Pick<Routing, 'flags' | 'waits' | 'lists'>;

export function readRouting(reader: ElementReader): Routing {
  const preambles = reader.all('preamble', readPreamble);
  return {
    name: reader.attribute('name'),
    version: reader.attribute('version'),
    flags: preambles.flatMap(({ flags }) => flags),
    waits: preambles.flatMap(({ waits }) => waits),
    lists: preambles.flatMap(({ lists }) => lists),
  };
}

function readPreamble(reader: ElementReader): Preamble {
  return {
    flags: reader.all('flags', readFlags).flat(),
    waits: reader.all('wait', (wait) => ({ name: wait.token('name'), seconds: wait.integer('seconds') })),
    lists: reader.all('list', (list) => ({
      name: list.token('name'),
      targets: list.all('target', readTarget),
    })),
  };
}

/** The only documented set of flags is called `clientflags`; another name is kept as an extension. */
function readFlags(reader: ElementReader): readonly string[] {
  if (reader.element.attributes.some(({ name, value }) => name === 'name' && value === 'clientflags')) {
    reader.attribute('name');
  }
  return wordsOf(reader.attribute('value') ?? '');
}

function readTarget(reader: ElementReader): ValueOf<typeof targetSchema> {
  return { uri: reader.attribute('uri'), application: reader.attribute('application') };
}

import { serializeContent, serializeXml } from '../../lib/xml.ts';
import type { ElementReader } from '../reading/element-reader.ts';
import type { ReadTime } from '../reading/read-time.ts';
import { field, long, optional, record, text, timestamp, type ValueOf } from '../schema/schema.ts';

/** A custom category of somebody else's invention (events-and-categories §4.9): its body is not interpreted. */
export const rawCategorySchema = record('RawCategory', 'One instance of a custom category.', {
  name: field(text, 'Empty if the wire gave none.'),
  nameSpace: optional(text, 'Verbatim.'),
  instanceMask: optional(long, 'Unsigned 32-bit number.'),
  version: optional(long, 'Counts the publications of one instance.'),
  container: optional(text, 'Verbatim.'),
  publishTime: optional(timestamp, 'When it was published.'),
  publishTimeRaw: optional(text, 'Verbatim, where publishTime does not say all of it.'),
  endpointId: optional(text, 'Verbatim.'),
  expireType: optional(text, 'static, user, endpoint, time; open set.'),
  expires: optional(text, 'Verbatim.'),
  rawXml: optional(text, 'XML of the body; null if there is none.'),
});

export type RawCategory = ValueOf<typeof rawCategorySchema>;

/** Reads the `rawCategory` children of an element. */
export function readRawCategories(parent: ElementReader): readonly RawCategory[] {
  const bodies: (string | null)[] = [];
  const read = parent.all('rawCategory', (reader) => {
    bodies.push(takeBody(reader, parent));
    const publishTime = reader.time('publishTime');
    return rawCategory(reader, publishTime);
  });
  return read.map((category, index) => {
    const body = bodies[index] ?? null;
    const rawXml = body === null ? null : parent.findings.bounded(`rawCategories[${index}].rawXml`, body);
    return { ...category, rawXml };
  });
}

function rawCategory(reader: ElementReader, publishTime: ReadTime): Omit<RawCategory, 'rawXml'> {
  const name = reader.attribute('name');
  if (name === null) reader.findings.warn('missing-name');
  return {
    name: name ?? '',
    nameSpace: reader.attribute('nameSpace'),
    instanceMask: reader.long('instanceMask') ?? reader.long('instance'),
    version: reader.long('version'),
    container: reader.attribute('container'),
    publishTime: publishTime.at,
    publishTimeRaw: publishTime.raw,
    endpointId: reader.attribute('endpointId'),
    expireType: reader.token('expireType'),
    expires: reader.attribute('expires'),
  };
}

/**
 * The XML of everything inside. One documented sample has the body beside the empty category instead of inside:
 * a foreign element that follows an empty category is taken for its body, with a warning.
 */
function takeBody(reader: ElementReader, parent: ElementReader): string | null {
  if (!reader.isEmpty) {
    reader.takeContent();
    return serializeContent(reader.element);
  }
  const beside = parent.foreignAfter(reader.element);
  if (beside === null) return null;
  parent.take(beside);
  reader.findings.warn('misplaced-body');
  return serializeXml(beside);
}

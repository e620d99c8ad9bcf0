import { XSI_NAMESPACE } from '../../cwa/protocol.ts';
import { elementsOf, serializeXml, type XmlElement } from '../../lib/xml.ts';
import type { ElementReader } from '../reading/element-reader.ts';
import { localPartOf } from '../reading/xml-matching.ts';
import { boolean, field, long, optional, record, text, timestamp, type ValueOf } from '../schema/schema.ts';
import { calendarDataSchema } from './calendar-data.ts';
import { BODY_KINDS, type BodyKind, type CategoryBodies, NO_BODY } from './category-bodies.ts';
import { contactCardSchema } from './contact-card.ts';
import { deviceSchema } from './device.ts';
import { noteSchema } from './note.ts';
import { optionsSchema } from './options.ts';
import { routingSchema } from './routing.ts';
import { servicesSchema } from './services.ts';
import { stateSchema } from './state.ts';
import { userInformationSchema } from './user-information.ts';
import { userPropertiesSchema } from './user-properties.ts';

/** One instance of a presence category (events-and-categories §6): at most one of the bodies is there. */
export const categorySchema = record('Category', 'One instance of a presence category.', {
  name: field(text, 'state, note, contactCard, … : open set; empty if the wire gave none.'),
  instance: optional(long, 'Unsigned 32-bit number; null if the category is empty.'),
  version: optional(long, 'Counts the publications of one instance.'),
  publishTime: optional(timestamp, 'When it was published.'),
  publishTimeRaw: optional(text, 'Verbatim, where publishTime does not say all of it.'),
  effectiveAt: optional(text, 'Verbatim.'),
  expires: optional(text, 'Verbatim.'),
  empty: field(boolean, 'True: no instance of this category exists now. This is the deletion signal.'),
  bodyNamespace: optional(text, 'Namespace of the body.'),
  bodyType: optional(text, 'xsi:type of the body without prefix.'),
  state: optional(stateSchema, 'Categories state and dndState.'),
  note: optional(noteSchema, 'Categories note and noteHistory.'),
  contactCard: optional(contactCardSchema, 'Category contactCard.'),
  calendarData: optional(calendarDataSchema, 'Categories calendarData and workingHours.'),
  services: optional(servicesSchema, 'Category services.'),
  device: optional(deviceSchema, 'Category device.'),
  routing: optional(routingSchema, 'Category routing.'),
  userInformation: optional(userInformationSchema, 'Category userInformation.'),
  userProperties: optional(userPropertiesSchema, 'Category userProperties.'),
  options: optional(optionsSchema, 'Categories alerts, otherOptions, rccOptions, legacyInterop and mwi.'),
  rawXml: optional(text, 'XML of the body of any other category, or of a body with an unexpected root.'),
});

export type Category = ValueOf<typeof categorySchema>;

/**
 * Reads a `cwaCategory`.
 *
 * @param index position among the record's categories: names the field if its XML must be cut.
 */
export function readCategory(reader: ElementReader, index: number): Category {
  const name = reader.attribute('name');
  if (name === null) reader.findings.warn('missing-name');
  const hasInstance = reader.has('instance') || reader.has('instanceMask');
  const instance = reader.long('instance') ?? reader.long('instanceMask');
  const publishTime = reader.time('publishTime');
  const empty = !hasInstance && reader.isEmpty;
  const body = readBody(reader, name ?? '', index);
  return {
    ...body.bodies,
    name: name ?? '',
    instance,
    version: reader.long('version'),
    publishTime: publishTime.at,
    publishTimeRaw: publishTime.raw,
    effectiveAt: reader.attribute('effectiveAt'),
    expires: reader.attribute('expires'),
    empty,
    bodyNamespace: body.namespace,
    bodyType: body.type,
    rawXml: body.rawXml,
  };
}

interface ReadBody {
  readonly namespace: string | null;
  readonly type: string | null;
  readonly bodies: CategoryBodies;
  readonly rawXml: string | null;
}

const WITHOUT_BODY: ReadBody = { namespace: null, type: null, bodies: NO_BODY, rawXml: null };

/**
 * A body is known by its category and the local name of its root; the namespace is a hint (§6.3). Elements beside it
 * are extensions, whichever comes first.
 */
function readBody(reader: ElementReader, categoryName: string, index: number): ReadBody {
  const kind = BODY_KINDS.get(categoryName);
  const elements = elementsOf(reader.element);
  const known = kind === undefined ? undefined : knownRoot(kind, elements);
  if (kind !== undefined && known !== undefined) return readKnownBody(reader, kind, known);
  const [root] = elements;
  if (root === undefined) return WITHOUT_BODY;
  if (kind !== undefined) reader.findings.warn('unexpected-body');
  reader.take(root);
  const rawXml = reader.findings.bounded(`categories[${index}].rawXml`, serializeXml(root));
  return { namespace: namespaceOf(root), type: typeOf(root), bodies: NO_BODY, rawXml };
}

/** The first of the category's roots: rather in an expected namespace than in any other. */
function knownRoot(kind: BodyKind, elements: readonly XmlElement[]): XmlElement | undefined {
  const named = elements.filter(({ name }) => kind.roots.includes(name));
  return named.find((root) => isExpected(kind, root)) ?? named[0];
}

function isExpected({ namespaces }: BodyKind, { namespace }: XmlElement): boolean {
  return namespaces.includes(namespace.toLowerCase());
}

function readKnownBody(reader: ElementReader, kind: BodyKind, root: XmlElement): ReadBody {
  if (!isExpected(kind, root)) reader.findings.warn('unexpected-namespace');
  const [read = WITHOUT_BODY] = reader.every(
    (child) => child === root,
    (body): ReadBody => {
      const bodies = kind.read(body);
      const type = bodies.state?.stateType ?? body.xsiType();
      return { namespace: namespaceOf(root), type, bodies, rawXml: null };
    },
  );
  return read;
}

function namespaceOf({ namespace }: XmlElement): string | null {
  return namespace === '' ? null : namespace;
}

/** The `xsi:type` of a body that is not read any further. */
function typeOf({ attributes }: XmlElement): string | null {
  const type = attributes.find(({ name, namespace }) => name === 'type' && namespace === XSI_NAMESPACE);
  return type === undefined ? null : localPartOf(type.value);
}

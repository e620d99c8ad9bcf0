import type { ElementReader } from '../reading/element-reader.ts';
import { array, field, optional, record, text, uriText, type ValueOf } from '../schema/schema.ts';

/** Category `userProperties` (events-and-categories §7.8), seen by the user alone: the wire's own names and texts. */
const lineSchema = record('Line', 'A telephone line.', {
  lineType: optional(text, 'Uc, Rcc, Dual.'),
  lineServer: optional(text, 'Verbatim.'),
  tel: field(uriText, 'Verbatim.'),
});

export const userPropertiesSchema = record('UserProperties', 'Body of the category userProperties.', {
  lines: field(array(lineSchema), 'In document order.'),
  telephonyMode: optional(text, 'None, Uc, Rcc, Dual.'),
  facsimileTelephoneNumber: optional(uriText, 'Verbatim.'),
  streetAddress: optional(text, 'Verbatim.'),
  l: optional(text, 'City, verbatim.'),
  st: optional(text, 'State or province, verbatim.'),
  countryCode: optional(text, 'Verbatim.'),
  postalCode: optional(text, 'Verbatim.'),
  wWWHomePage: optional(text, 'Verbatim.'),
  exumEnabled: optional(text, 'Verbatim.'),
  exumURL: optional(text, 'Verbatim.'),
  forwardingUrls: optional(text, 'Verbatim.'),
  acpInformation: optional(text, 'Verbatim.'),
});

export type UserProperties = ValueOf<typeof userPropertiesSchema>;

export function readUserProperties(reader: ElementReader): UserProperties {
  return {
    lines: reader.all('lines', (list) => list.all('line', readLine)).flat(),
    telephonyMode: reader.childToken('telephonyMode'),
    facsimileTelephoneNumber: reader.childText('facsimileTelephoneNumber'),
    streetAddress: reader.childText('streetAddress'),
    l: reader.childText('l'),
    st: reader.childText('st'),
    countryCode: reader.childText('countryCode'),
    postalCode: reader.childText('postalCode'),
    wWWHomePage: reader.childText('wWWHomePage'),
    exumEnabled: reader.childText('exumEnabled'),
    exumURL: reader.childText('exumURL'),
    forwardingUrls: reader.childText('forwardingUrls'),
    acpInformation: reader.childText('acpInformation'),
  };
}

function readLine(reader: ElementReader): ValueOf<typeof lineSchema> {
  return {
    lineType: reader.token('lineType'),
    lineServer: reader.attribute('lineServer'),
    tel: reader.text(),
  };
}

import type { ElementReader } from '../reading/element-reader.ts';
import { array, boolean, field, optional, record, uriText, type ValueOf } from '../schema/schema.ts';
import { phoneSchema, readPhone } from './contact-card.ts';

/** Category `userInformation` (events-and-categories §7.8), seen by the user alone. */
const ownPhoneSchema = record('OwnPhone', 'A telephone number of the user.', {
  phone: field(phoneSchema, 'The number.'),
  publish: optional(boolean, 'Shown to others.'),
  readOnly: optional(boolean, 'Given by the directory.'),
});

export const userInformationSchema = record('UserInformation', 'Body of the category userInformation.', {
  phones: field(array(ownPhoneSchema), 'In document order.'),
  lastPhone: optional(uriText, 'callHandlingList/lastPhone.'),
  lastContact: optional(uriText, 'callHandlingList/lastContact.'),
});

export type UserInformation = ValueOf<typeof userInformationSchema>;

export function readUserInformation(reader: ElementReader): UserInformation {
  const phones = reader.all('phones', (list) => list.all('phone', readOwnPhone)).flat();
  const handling = reader.one('callHandlingList', (list) => ({
    lastPhone: list.childText('lastPhone'),
    lastContact: list.childText('lastContact'),
  }));
  return { lastPhone: null, lastContact: null, ...handling, phones };
}

function readOwnPhone(reader: ElementReader): ValueOf<typeof ownPhoneSchema> {
  return { phone: readPhone(reader), publish: reader.boolean('publish'), readOnly: reader.boolean('readOnly') };
}

import { contactGroupFields } from '../contacts/contact-group.ts';
import { containerSchema } from '../contacts/containers.ts';
import { serverConfigurationSchema } from '../contacts/server-configuration.ts';
import { subscriberSchema } from '../contacts/subscribers.ts';
import { array, field, optional, record, type ValueOf } from '../schema/schema.ts';
import { headFields } from './head.ts';

export const contactsSchema = record('Contacts', 'Lists and policies of an account.', {
  ...headFields,
  ...contactGroupFields,
  subscribers: field(array(subscriberSchema), 'subscribers: in document order; not certainly all of them.'),
  containers: field(array(containerSchema), 'containers: in document order; those not named stay as they were.'),
  configuration: optional(serverConfigurationSchema, 'configuration: replaces the one before.'),
});

export type ContactsRecord = ValueOf<typeof contactsSchema>;

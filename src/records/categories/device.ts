import type { ElementReader } from '../reading/element-reader.ts';
import { array, boolean, field, optional, record, text, uriText, type ValueOf } from '../schema/schema.ts';
import { capabilitySchema, readCapabilities } from './services.ts';

/** Category `device` (events-and-categories §7.6): one for each signed-in endpoint of the account. */
export const deviceSchema = record('Device', 'Body of the category device.', {
  endpointId: optional(text, 'Verbatim.'),
  preferred: optional(boolean, 'The preferred endpoint.'),
  uri: optional(uriText, 'Verbatim.'),
  capabilities: field(array(capabilitySchema), 'In document order.'),
  timezoneRaw: optional(text, 'Verbatim.'),
  machineName: optional(text, 'Verbatim.'),
});

export type Device = ValueOf<typeof deviceSchema>;

export function readDevice(reader: ElementReader): Device {
  const capabilities = reader.one('capabilities', (list) => ({
    preferred: list.boolean('preferred'),
    uri: list.attribute('uri'),
    capabilities: readCapabilities(list),
  }));
  return {
    endpointId: reader.attribute('endpointId'),
    preferred: capabilities?.preferred ?? null,
    uri: capabilities?.uri ?? null,
    capabilities: capabilities?.capabilities ?? [],
    timezoneRaw: reader.childText('timezone'),
    machineName: reader.childText('machineName'),
  };
}

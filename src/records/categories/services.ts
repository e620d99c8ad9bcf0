import type { ElementReader } from '../reading/element-reader.ts';
import { array, boolean, field, long, optional, record, text, uriText, type ValueOf } from '../schema/schema.ts';

/** Category `services` (events-and-categories §7.5): what the user's clients can do. */
export const capabilitySchema = record('Capability', 'Something that a client can do.', {
  name: field(text, 'Element name: text, voice, video, calendar, … : open set.'),
  render: optional(boolean, 'Can show it.'),
  capture: optional(boolean, 'Can record it.'),
  publish: optional(boolean, 'Can publish it.'),
  preferred: optional(boolean, 'Preferred.'),
  preferredEndpointId: optional(text, 'Verbatim.'),
  uri: optional(uriText, 'Verbatim.'),
  version: optional(text, 'Verbatim.'),
  deviceAvailability: optional(long, 'Availability of the device.'),
});

const serviceSchema = record('Service', 'An address with what it can do.', {
  uri: optional(uriText, 'sip: or smtp:, verbatim.'),
  capabilities: field(array(capabilitySchema), 'In document order.'),
});

export const servicesSchema = record('Services', 'Body of the category services.', {
  services: field(array(serviceSchema), 'In document order.'),
});

export type Services = ValueOf<typeof servicesSchema>;
export type Capability = ValueOf<typeof capabilitySchema>;

export function readServices(reader: ElementReader): Services {
  return {
    services: reader.all('service', (service) => ({
      uri: service.attribute('uri'),
      capabilities: service.all('capabilities', readCapabilities).flat(),
    })),
  };
}

/** Every child is a capability, whatever its name; one of somebody else's vocabulary is an extension. */
export function readCapabilities(reader: ElementReader): readonly Capability[] {
  return reader.each(readCapability);
}

function readCapability(reader: ElementReader): Capability {
  return {
    name: reader.element.name,
    render: reader.boolean('render'),
    capture: reader.boolean('capture'),
    publish: reader.boolean('publish'),
    preferred: reader.boolean('preferred'),
    preferredEndpointId: reader.attribute('preferredEndpointId'),
    uri: reader.attribute('uri'),
    version: reader.attribute('version'),
    deviceAvailability: reader.long('deviceAvailability'),
  };
}

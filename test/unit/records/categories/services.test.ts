import { expect, test } from 'vitest';

import { category, element, presenceWith, within } from '../builders.ts';

const SERVICE = 'http://schemas.microsoft.com/2006/09/sip/service';
const COMMON_TYPES = 'http://schemas.microsoft.com/2006/09/sip/commontypes';

test('every element of the vocabulary is a capability; one of another is an extension with its namespace', () => {
  const capabilities = element(
    'capabilities',
    {},
    element('text', { render: 'true', deviceAvailability: '4294967295' }),
    element('hologram', { version: '2' }),
    within(COMMON_TYPES, element('delimiter')),
    within('urn:v', element('text', { smell: 'yes' })),
    element('ucs', { preferredEndpointId: '{1}' }),
  );
  const services = element('services', {}, element('service', { uri: 'smtp:odo@x.example' }, capabilities));
  const record = presenceWith([category('services', { instance: '0' }, within(SERVICE, services))]);
  const [service] = record.categories[0]?.services?.services ?? [];
  expect(service?.capabilities.map(({ name }) => name)).toEqual(['text', 'hologram', 'ucs']);
  expect(service?.capabilities[0]).toMatchObject({ render: true, capture: null, deviceAvailability: 4294967295 });
  expect(record.extensions).toEqual([
    {
      path: 'user[0]/cwaCategory[0]/services[0]/service[0]/capabilities[0]/text[1]',
      name: 'text',
      namespace: 'urn:v',
      value: '<text xmlns="urn:v" smell="yes"/>',
    },
  ]);
});

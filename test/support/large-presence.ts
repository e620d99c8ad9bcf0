/** Names of its categories behind `services`. */
export const CUSTOM_NAMES = Array.from({ length: 60 }, (_, index) => `custom${String(index)}`);
/** Versions of the capabilities of its one service. */
export const CAPABILITY_VERSIONS = Array.from({ length: 400 }, (_, index) => `v${String(index)}`);

/**
 * A presence too large for one record of 16 KiB; so is its first category, and the one service in that. The versions of
 * the other categories are 2^53 + 1.
 */
export function largePresenceOf(uri: string): string {
  return [
    `<userPresence eid="{eid}"><user uri="${uri}">`,
    '<cwaCategory name="services" instance="0"><services xmlns="http://schemas.microsoft.com/2006/09/sip/service">',
    `<service uri="${uri}"><capabilities>`,
    ...CAPABILITY_VERSIONS.map((version) => `<text version="${version}"/>`),
    '</capabilities></service></services></cwaCategory>',
    ...CUSTOM_NAMES.map((name) => {
      const body = `<${name} xmlns="urn:custom">${'x'.repeat(1_000)}</${name}>`;
      return `<cwaCategory name="${name}" instance="0" version="9007199254740993">${body}</cwaCategory>`;
    }),
    '</user></userPresence>',
  ].join('');
}

/** Upper bounds, exclusive, and the name below each (events-and-categories §8.1). */
const NAMES: readonly (readonly [below: number, name: string])[] = [
  [3000, 'Unknown'],
  [4500, 'Available'],
  [6000, 'AvailableIdle'],
  [7500, 'Busy'],
  [9000, 'BusyIdle'],
  [12000, 'DoNotDisturb'],
  [15000, 'BeRightBack'],
  [18000, 'Away'],
];

/** The name of an availability: half-open ranges, so that every integer has exactly one. */
export function availabilityNameOf(availability: number | bigint): string {
  for (const [below, name] of NAMES) if (availability < below) return name;
  return 'Offline';
}

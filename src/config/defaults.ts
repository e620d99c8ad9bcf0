import { isSetting, type Section, type ValuesOf } from './setting.ts';

/** The values of a section that nobody has set. Not for sections with required settings. */
export function defaultsOf<const S extends Section>(section: S): ValuesOf<S> {
  const entries = Object.entries(section).map(([key, setting]) => {
    const value: unknown = isSetting(setting) ? setting.default : defaultsOf(setting);
    return [key, value];
  });
  return Object.fromEntries(entries) as ValuesOf<S>;
}

import { shown } from './problem.ts';
import type { Problem } from './problem.ts';
import type { DraftSettings } from './schema.ts';
import { suggest } from './suggestion.ts';

/** Pools must name accounts that exist, of one site, each in one pool. */
export function poolProblems({ accounts, pools }: Pick<DraftSettings, 'accounts' | 'pools'>): readonly Problem[] {
  const sites = new Map(accounts.flatMap(({ id, site }) => (id === null ? [] : [[id, site] as const])));
  const pooled = new Map<string, string>();
  return pools.flatMap((pool, index) => {
    const path = `pools[${String(index)}].accounts`;
    const problems = pool.accounts.flatMap((id, position) => {
      return problemsOfMember(id, `${path}[${String(position)}]`, sites, pooled);
    });
    return [...problems, ...siteProblems(pool.accounts, path, sites)];
  });
}

function problemsOfMember(
  id: string,
  path: string,
  sites: ReadonlyMap<string, unknown>,
  pooled: Map<string, string>,
): readonly Problem[] {
  if (!sites.has(id)) {
    const names = [...sites.keys()];
    const meant = suggest(id, names);
    const remedy = meant === null ? `one of: ${names.join(', ')}` : `"${meant}", if that was meant`;
    return [{ path, message: 'names no account', remedy, value: shown(id), source: null }];
  }
  const other = pooled.get(id);
  if (other === undefined) {
    pooled.set(id, path);
    return [];
  }
  return [{ path, message: `is the same as ${other}`, remedy: 'each account once', value: shown(id), source: null }];
}

/** A user lives at one site: which account watches him must not depend on a hash. */
function siteProblems(
  ids: readonly string[],
  path: string,
  siteOf: ReadonlyMap<string, string | null>,
): readonly Problem[] {
  const sites = [...new Set(ids.flatMap((id) => siteOf.get(id) ?? []))];
  if (sites.length < 2) return [];
  const remedy = 'accounts of one site, and a pool for each site';
  return [{ path, message: 'belong to several sites', remedy, value: shown(sites.join(', ')), source: null }];
}

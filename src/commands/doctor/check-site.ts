import type { SiteConfiguration } from '../../config/configuration.ts';
import type { LatestFiles } from '../../config/latest-files.ts';
import { isTlsFailure } from '../../cwa/http/tls-trouble.ts';
import { DATA_PATH, LOGON_FORMS_PATH, LOGON_IWA_PATH } from '../../cwa/protocol.ts';
import { siteTlsOf } from '../../daemon/site-tls.ts';
import type { Clock } from '../../lib/clock.ts';
import { messageOf } from '../../lib/errors.ts';
import { checkHandshake, explainTls, handshakeLimit, type TlsUse } from './handshake.ts';
import { probe, type ProbeAnswer } from './http-probe.ts';
import type { DoctorLimits } from './limits.ts';
import { checkName, checkPort, codeOf, dnsLimit, type Place, portLimit } from './network.ts';
import type { Section, StepLimit } from './section.ts';
import { verdictOnChannel, verdictOnClock, verdictOnLogon } from './site-answers.ts';
import { failed, type Outcome, type Verdict } from './verdict.ts';

export interface SiteChecks {
  readonly site: SiteConfiguration;
  readonly files: LatestFiles;
  readonly limits: DoctorLimits;
  readonly clock: Clock;
}

/** Name, port, TLS, paths and clock of one CWA server. @returns whether accounts can be tried there. */
export async function checkSite({ site, files, limits, clock }: SiteChecks, section: Section): Promise<boolean> {
  const url = new URL(site.baseUrl);
  const isTls = url.protocol === 'https:';
  const place = placeOf(url, isTls);
  await section.step('dns', dnsLimit(place, limits), () => checkName(place));
  await section.step('port', portLimit(place, limits), (signal) => checkPort(place, signal));
  const tls = isTls ? tlsUseOf(site, files) : null;
  if (tls !== null) {
    await section.step('tls', handshakeLimit(place, limits), (signal) => checkHandshake(place, tls, signal));
  }
  const ask = (path: string, signal: AbortSignal): Promise<ProbeAnswer> =>
    probe({ url: site.baseUrl + path, tls: tls?.options() ?? {}, now: () => clock.now() }, signal);
  const limit = silent(site, limits);
  const answer = await section.step('http', limit, (signal) => checkChannel(site, ask, tls, signal));
  if (answer !== null) section.add('clock', verdictOnClock(answer));
  else section.skip(['clock']);
  const logon = await section.step('logon', limit, (signal) => checkLogon(site, ask, tls, signal));
  return logon !== null;
}

function placeOf(url: URL, isTls: boolean): Place {
  const port = url.port === '' ? (isTls ? 443 : 80) : Number(url.port);
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port, setting: 'sites[].baseUrl' };
}

function tlsUseOf(site: SiteConfiguration, files: LatestFiles): TlsUse {
  return { ...siteTlsOf(site, files), reword: (trouble) => trouble };
}

function silent({ baseUrl }: SiteConfiguration, { exchangeMs }: DoctorLimits): StepLimit {
  const verdict = failed(
    'http-silent',
    `${baseUrl} took the connection and did not answer within ${String(exchangeMs)} ms`,
    'look at the CWA server: its application pool hangs, or a balancer waits for a server behind it',
  );
  return { ms: exchangeMs, verdict };
}

type Ask = (path: string, signal: AbortSignal) => Promise<ProbeAnswer>;

/** An address that no server has, to know a server that answers everything with the same page. */
const STRAY_PATH = '/cwa-bridge-doctor-asks-for-nothing';

async function checkChannel(
  site: SiteConfiguration,
  ask: Ask,
  tls: TlsUse | null,
  signal: AbortSignal,
): Promise<Outcome<ProbeAnswer>> {
  try {
    const answer = await ask(DATA_PATH, signal);
    const stray = answer.status === 200 ? await ask(STRAY_PATH, signal) : answer;
    const verdict = verdictOnChannel(answer, stray, DATA_PATH);
    return verdict.status === 'failed' ? verdict : { ...verdict, value: answer };
  } catch (error) {
    signal.throwIfAborted();
    return withoutAnswer(site, tls, error);
  }
}

async function checkLogon(
  site: SiteConfiguration,
  ask: Ask,
  tls: TlsUse | null,
  signal: AbortSignal,
): Promise<Outcome<true>> {
  const path = logonPathOf(site);
  try {
    const verdict = verdictOnLogon(await ask(path, signal), site.signIn, path);
    return verdict.status === 'failed' ? verdict : { ...verdict, value: true };
  } catch (error) {
    signal.throwIfAborted();
    return withoutAnswer(site, tls, error);
  }
}

function withoutAnswer({ baseUrl }: SiteConfiguration, tls: TlsUse | null, error: unknown): Verdict {
  const code = codeOf(error);
  // With TLS 1.3 a refused client certificate may show only now.
  if (tls !== null && isTlsFailure({ code, message: messageOf(error) }))
    return explainTls(error, tls, { hasKeys: true });
  const remedy =
    tls === null
      ? 'if this port speaks TLS, begin `sites[].baseUrl` with `https:`; else correct its port: this is no web server'
      : 'correct the port in `sites[].baseUrl`: what listens there is no web server, or a balancer with none behind it';
  return failed('not-http', `${baseUrl} takes connections and does not answer as a web server (${code})`, remedy);
}

/** Where accounts of the site sign in (protocol notes, transport §2.1). */
function logonPathOf({ signIn }: SiteConfiguration): string {
  return signIn === 'forms' ? LOGON_FORMS_PATH : LOGON_IWA_PATH;
}

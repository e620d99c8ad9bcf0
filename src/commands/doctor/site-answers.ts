import { isHtml, type ProbeAnswer } from './http-probe.ts';
import { failed, ok, type Verdict, warning } from './verdict.ts';

/**
 * What answers to a GET without ticket say about a site. Pure. No source documents them for CWA: a ticket is asked for
 * by 401, 403, 440, a way to a logon page, or that page itself (protocol notes, transport §9.3); a page that also
 * comes from an address that cannot exist says nothing.
 */

/** The answer of the data channel. `stray` is the answer of an address that no CWA server has. */
export function verdictOnChannel(answer: ProbeAnswer, stray: ProbeAnswer, url: string): Verdict {
  const { status } = answer;
  const told = `GET ${url} was answered with status ${String(status)}`;
  if (status === 404 || status === 405 || status === 410) return wrongPath(told);
  if (status >= 300 && status < 400) return verdictOnRedirect(answer, told);
  if (status === 401 || status === 403 || status === 440) return ok(`${told}: the data channel asks for a ticket`);
  if (status === 408 || status === 429 || status >= 500) {
    return failed(
      'server-trouble',
      told,
      'look at the CWA server: an application pool that is stopped answers 503, a balancer without a server behind it 502 or 503',
    );
  }
  if (status >= 200 && status < 300) return verdictOnDocument(answer, stray, told);
  return failed('not-this-api', told, NOT_CWA);
}

const NOT_CWA =
  'set `sites[].baseUrl` to the address of the Communicator Web Access site (not Lync Web App, Exchange or a start page)';

function wrongPath(told: string): Verdict {
  return failed(
    'wrong-path',
    `${told}: there is no data channel below this address`,
    'correct the path in `sites[].baseUrl`: `/cwa/AsyncDataChannel.ashx` must be found below it; a server without it has another version of CWA, or none',
  );
}

function verdictOnRedirect({ location }: ProbeAnswer, told: string): Verdict {
  const target = location ?? 'nowhere';
  if (/(log|sign)[-_]?(on|in)|\/(forms|sso|iwa)\//i.test(target))
    return ok(`${told}, a way to the logon page ${target}`);
  return failed(
    'redirect',
    `${told}, a redirect to ${target}`,
    'redirects are not followed: set `sites[].baseUrl` to the address that answers itself',
  );
}

function verdictOnDocument(answer: ProbeAnswer, stray: ProbeAnswer, told: string): Verdict {
  if (/<(cwaResponses|cwaEvents)\b/i.test(answer.beginning)) return ok(`${told} and a CWA document`);
  if (!isHtml(answer)) return failed('not-this-api', `${told} and ${answer.contentType || 'no'} content`, NOT_CWA);
  const isEverywhere = stray.status === answer.status && isHtml(stray);
  return isEverywhere
    ? failed('web-page', `${told} and a web page, as is an address that does not exist`, NOT_CWA)
    : ok(`${told} and a web page, which is how some sites ask for a ticket`);
}

/** The answer of the address that accounts sign in at. */
export function verdictOnLogon(answer: ProbeAnswer, signIn: string, url: string): Verdict {
  const { challenges, status } = answer;
  const told = `GET ${url} was answered with status ${String(status)}`;
  const other = signIn === 'forms' ? 'iwa' : 'forms';
  if (status === 404 || status === 410) {
    return failed(
      'logon-missing',
      `${told}: the site does not offer sign-in by \`${signIn}\``,
      `set \`sites[].signIn: ${other}\`, or publish this kind of sign-in on the server`,
    );
  }
  const isWindows = challenges.includes('ntlm') || challenges.includes('negotiate');
  if (signIn === 'forms' && status === 401 && isWindows) {
    return failed(
      'logon-integrated',
      `${told} and a challenge for Windows-integrated sign-in`,
      'set `sites[].signIn: iwa`, or allow anonymous access to `/forms` on the server',
    );
  }
  if (status >= 500) return failed('server-trouble', told, 'look at the CWA server and its event log');
  return ok(`${told}: it is there`);
}

/** From here on a clock is worth a look. */
const SKEW_WARNING_MS = 10_000;
/** Kerberos refuses more, and so do brokers for times ahead. https://www.rfc-editor.org/rfc/rfc4120#section-10.4 */
const SKEW_MAX_MS = 300_000;

/** The server's clock against ours. */
export function verdictOnClock({ dateMs, receivedAt }: ProbeAnswer): Verdict {
  if (dateMs === null) {
    return warning(
      'clock-unknown',
      'the server sent no time (`Date` header)',
      'compare the clocks by hand: sign-in by Kerberos and TLS need them within 5 minutes',
    );
  }
  // The header has whole seconds.
  const skewMs = receivedAt - dateMs - 500;
  const seconds = Math.round(Math.abs(skewMs) / 1_000);
  if (Math.abs(skewMs) <= SKEW_WARNING_MS) return ok('the clocks of server and bridge agree');
  const cause = `the clock of the server is ${String(seconds)} s ${skewMs > 0 ? 'behind' : 'ahead of'} ours`;
  const remedy = 'set both clocks by NTP (`timedatectl` here, `w32tm /query /status` on the server)';
  return Math.abs(skewMs) > SKEW_MAX_MS ? failed('clock-skew', cause, remedy) : warning('clock-skew', cause, remedy);
}

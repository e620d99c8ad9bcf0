import { expect, onTestFinished, test } from 'vitest';

import { ACCOUNT, setStage, type Settings, type Stage, USERS } from '../support/bridge.ts';
import type { LogLine } from '../support/log-lines.ts';
import { Apache, USER_HEADER } from '../support/windows-sign-in/apache.ts';
import { INSTALL_TIMEOUT_MS } from '../support/windows-sign-in/debian-packages.ts';

const STOPPED = 'account stopped: a person has to act';
/** With all that a form, a shell or another character set would spoil. */
const PASSWORD = 'pä & <ß> "\'PASSWORDCANARY';
/** How every NTLM message begins, in Base64. */
const NTLM_MESSAGE = 'TlRMTVNTUA';

/** A simulator behind Apache, which lets the account in by NTLM with {@link PASSWORD}. */
async function setStageBehindApache(): Promise<{ readonly stage: Stage; readonly apache: Apache }> {
  const stage = await setStage({ simulator: { integratedUserHeader: USER_HEADER } });
  const [domain = '', user = ''] = ACCOUNT.user.split('\\');
  const mechanism = { kind: 'ntlm', domain, users: { [user]: PASSWORD } } as const;
  const apache = await Apache.start({ backend: stage.simulator.url, mechanism });
  onTestFinished(() => apache.stop());
  return { stage, apache };
}

function settingsFor(apache: Apache, password: string): Settings {
  const { uri, user } = ACCOUNT;
  return {
    sites: [{ name: 'lab', baseUrl: apache.url, signIn: 'iwa', iwa: { mechanism: 'ntlm' } }],
    accounts: [{ id: 'watcher', site: 'lab', user, password, uri, watch: { users: USERS } }],
  };
}

test(
  'an account signs in by NTLM to a web server that speaks it, and its events are published',
  { timeout: INSTALL_TIMEOUT_MS + 60_000 },
  async () => {
    const { apache, stage } = await setStageBehindApache();
    const bridge = await stage.start(settingsFor(apache, PASSWORD));
    await stage.records.count('snapshotEnded', 1);
    await bridge.stop();

    expect(stage.simulator.stats.signIns).toEqual({ ok: 1, refused: 0 });
    expect(await apache.refusals()).toBe(0);
    expect(bridge.log.text).not.toMatch(/PASSWORDCANARY/);
    expect(bridge.log.text).not.toContain(NTLM_MESSAGE);
  },
);

test(
  'a wrong password is refused once, counted once, and tried twice at most, however often the bridge is started',
  { timeout: INSTALL_TIMEOUT_MS + 60_000 },
  async () => {
    const { apache, stage } = await setStageBehindApache();
    const settings = settingsFor(apache, 'WRONGCANARY');
    const lines: LogLine[] = [];
    for (let start = 1; start <= 4; start += 1) {
      const bridge = await stage.start(settings);
      lines.push(await bridge.log.find(STOPPED));
      if (start === 1) {
        expect((await bridge.get('/metrics')).body).toContain(
          'cwa_bridge_sign_in_attempts_total{site="lab",account="watcher",outcome="refused"} 1',
        );
      }
      await bridge.stop();
      expect(await apache.refusals()).toBe(Math.min(start, 2));
      expect(bridge.log.text).not.toContain('WRONGCANARY');
      expect(bridge.log.text).not.toContain(NTLM_MESSAGE);
    }
    expect(stage.simulator.stats.signIns).toEqual({ ok: 0, refused: 0 });
    const [first, , third] = lines.map(({ err }) => (err as { readonly message: string }).message);
    expect(first).toMatch(/the server refused the sign-in by NTLM \(POST .*401\); check user and password/);
    expect(third).toMatch(/is not signed in: site "lab" refused it 2 times/);
  },
);

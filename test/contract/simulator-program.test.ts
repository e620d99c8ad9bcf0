import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { RawClient } from './support/raw-client.ts';

const PROGRAM = join(import.meta.dirname, '../../src/simulator/main.ts');

let folder: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cwa-simulator-'));
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the program. `firstLine` resolves with its URL, `ended` with everything. */
function start(...args: readonly string[]): { child: ChildProcess; firstLine: Promise<string>; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  const line = Promise.withResolvers<string>();
  const end = Promise.withResolvers<Ended>();
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    if (stdout.includes('\n')) line.resolve(stdout.slice(0, stdout.indexOf('\n')));
  });
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.on('close', (code) => {
    end.resolve({ code, stdout, stderr });
  });
  return { child, firstLine: line.promise, ended: end.promise };
}

describe('cwa-simulator', () => {
  test('prints its URL, serves, and ends cleanly with SIGINT, also while a client waits', async () => {
    const ledger = join(folder, 'ledger.ndjson');
    const { child, firstLine, ended } = start('--users', '3', '--ledger-file', ledger);
    const client = new RawClient(await firstLine);
    await client.signIn();
    await client.initiate();
    await client.send('POST', '/_simulator/faults', '{"kind":"hang"}');
    const hanging = client.poll().catch(() => 'gave up');
    await client.send('GET', '/');
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
    expect(await hanging).toBe('gave up');
    expect((await readFile(ledger, 'utf8')).split('\n')).toHaveLength(8);
    client.close();
  });

  test('reads configuration files, and the command line wins', async () => {
    const file = join(folder, 'sim.yaml');
    await writeFile(
      file,
      'accounts: [{user: u, password: p, uri: "sip:u@x.example"}]\nxmlDeclaration: true\nfirstSid: 7\n',
    );
    const { firstLine } = start('--config', file, '--first-sid=9', '--wire-style', 'compact');
    const client = new RawClient(await firstLine);
    await client.signIn('u', 'p');
    expect((await client.initiate()).body).toMatch(/^<\?xml [^>]*\?><cwaResponses sid="9" /);
    client.close();
  });

  test('--help names every option and ends with 0', async () => {
    const { code, stdout } = await start('--help').ended;
    expect(code).toBe(0);
    for (const option of ['--port', '--seed', '--users', '--events-per-second', '--ticket-rotation', '--config']) {
      expect(stdout).toContain(option);
    }
  });

  test.each([
    [['--port', '99999'], '--port is "99999": write a whole number from 0 to 65535.'],
    [['--config', '/nowhere/sim.yaml'], '--config /nowhere/sim.yaml cannot be read: ENOENT'],
  ])('refuses %j with what is wrong, where, and what to write', async (args, message) => {
    const { code, stdout, stderr } = await start(...args).ended;
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`cwa-simulator: ${message}`);
  });

  test('says so when the port is taken', async () => {
    const first = start();
    const port = new URL(await first.firstLine).port;
    const { code, stderr } = await start('--port', port).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`port ${port} .* --port`));
  });
});

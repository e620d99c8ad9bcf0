import { describe, expect, test } from 'vitest';

import { setStage } from '../support/bridge.ts';
import { examine } from '../support/doctor.ts';

describe('doctor', () => {
  test('finds nothing amiss where nothing is', async () => {
    const stage = await setStage();
    const diagnosis = await examine(await stage.configure());
    expect(diagnosis.findings.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(diagnosis.status).toBe(0);
  });
});

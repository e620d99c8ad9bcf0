import { describe, expect, test } from 'vitest';

import { planPoison, planQuarantineLifted } from '../../../../src/bridge/plans/plan-poison.ts';
import { DocumentRefusedError, type RefusalReason } from '../../../../src/cwa/documents/document-refused-error.ts';
import { NOW, openProgress, placesOf, planContext, valuesOf } from '../builders.ts';

const HOUR_MS = 3_600_000;

function refused(reason: RefusalReason = 'malformed'): DocumentRefusedError {
  const body = Buffer.from('<cwaEvents>\n  < tide/>');
  return new DocumentRefusedError(reason, 'disallowed character in tag name', { line: 2, column: 4 }).withAnswer({
    body,
    bodyBytes: body.length,
    statusCode: 200,
    contentType: 'text/xml',
  });
}

describe('an answer that is given up', () => {
  test('is one plan: dead letter, end of the session, gap, and the new generation', () => {
    const { plan, phase } = planPoison(planContext(), openProgress(), refused());
    expect(placesOf(plan)).toEqual([
      'deadLetter@1600000000.20',
      'sessionLost@1600000000.21',
      'signIn@1600000000.22',
      'gap@1700000000.1',
    ]);
    expect(valuesOf(plan)[0]).toMatchObject({
      reason: 'malformed',
      action: 'new session',
      line: 2,
      column: 4,
      httpStatus: 200,
      contentType: 'text/xml',
      attempts: 3,
      bodyBase64: Buffer.from('<cwaEvents>\n  < tide/>').toString('base64'),
    });
    expect(plan.next).toMatchObject({ state: 'opening', sid: null, ackId: '0', nextSequence: 2 });
    expect(plan.next.poison).toEqual({ count: 1, since: NOW, until: null });
    // The generation is begun by this very plan, and the ticket is as good as before.
    expect(phase).toMatchObject({ kind: 'opening', reason: 'poison', isBegun: true, needsSignIn: false });
  });

  test.each(['doctype', 'encoding', 'tooLarge', 'tooDeep', 'wrongRoot', 'html'] as const)(
    '%s stands as its reason',
    (reason) => {
      expect(valuesOf(planPoison(planContext(), openProgress(), refused(reason)).plan)[0]).toMatchObject({ reason });
    },
  );

  test('is told without its body while the session is being opened: it may hold sign-in data', () => {
    const { plan, phase } = planPoison(planContext(), openProgress({ state: 'opening', sid: null }), refused());
    expect(placesOf(plan)).toEqual(['deadLetter@1600000000.20', 'gap@1700000000.1']);
    expect(valuesOf(plan)[0]).toMatchObject({ reason: 'malformed', bodyBytes: 22, bodyBase64: null, bodySha256: null });
    expect(phase).toMatchObject({ kind: 'opening', isBegun: true, needsSignIn: false });
  });

  test('an empty body is no well-formed document', () => {
    expect(valuesOf(planPoison(planContext(), openProgress(), refused('empty')).plan)[0]?.reason).toBe('malformed');
  });
});

describe('quarantine', () => {
  const twice = openProgress({ poison: { count: 2, since: NOW - 10_000, until: null } });

  test('follows the third session of an hour', () => {
    const { plan, phase } = planPoison(planContext(), twice, refused());
    expect(phase).toEqual({ kind: 'quarantined', until: NOW + HOUR_MS });
    expect(placesOf(plan)).toEqual([
      'deadLetter@1600000000.20',
      'sessionLost@1600000000.21',
      'signIn@1600000000.22',
      'gap@1700000000.1',
      'quarantined@1700000000.2',
    ]);
    expect(plan.next).toMatchObject({
      state: 'quarantined',
      poison: { count: 3, until: NOW + HOUR_MS },
      nextSequence: 3,
    });
  });

  test('does not follow when the others are longer ago', () => {
    const longAgo = openProgress({ poison: { count: 2, since: NOW - HOUR_MS, until: null } });
    const { plan, phase } = planPoison(planContext(), longAgo, refused());
    expect(phase.kind).toBe('opening');
    expect(plan.next.poison).toEqual({ count: 1, since: NOW, until: null });
  });

  test('is lifted into the generation that began with it', () => {
    const quarantined = planPoison(planContext(), twice, refused()).plan.next;
    const { plan, phase } = planQuarantineLifted(planContext({ now: NOW + HOUR_MS }), quarantined);
    expect(placesOf(plan)).toEqual(['quarantineLifted@1700000000.3']);
    expect(phase).toMatchObject({ kind: 'opening', isBegun: true, needsSignIn: true });
    expect(plan.next).toMatchObject({ state: 'opening', generation: quarantined.generation, poison: { until: null } });
  });

  test('comes back with the next session that is given up, so that a broken server is tried once an hour', () => {
    const quarantined = planPoison(planContext(), twice, refused()).plan.next;
    const lifted = planQuarantineLifted(planContext({ now: NOW + HOUR_MS }), quarantined).plan.next;
    const soon = NOW + HOUR_MS + 5_000;
    const open = openProgress({ poison: lifted.poison });
    expect(planPoison(planContext({ now: soon }), open, refused()).phase).toEqual({
      kind: 'quarantined',
      until: soon + HOUR_MS,
    });
  });
});

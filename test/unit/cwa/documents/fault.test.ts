import { describe, expect, test } from 'vitest';

import { faultOf } from '../../../../src/cwa/documents/fault.ts';
import { firstChild } from '../xml.ts';

const NOTHING = {
  code: null,
  subCode: null,
  reason: null,
  detail: null,
  exceptionType: null,
  exceptionDetail: null,
  sip: null,
};

function faultIn(inner: string): ReturnType<typeof faultOf> {
  return faultOf(firstChild(`<cwaResponses>${inner}</cwaResponses>`));
}

describe('faultOf', () => {
  test('reads the release form, with what the server behind said', () => {
    const fault = faultIn(`<requestFailed rid="6">
      <error code="18201" subCode="0" reason="Operation failed" detail="text ">
        <sipResponse code="485" subCode="1" reason="Ambiguous" detail="twice"><ms-diagnostics>errorId="1";
reason="x"</ms-diagnostics></sipResponse>
      </error></requestFailed>`);
    expect(fault).toEqual({
      ...NOTHING,
      code: 18201,
      subCode: 0,
      reason: 'Operation failed',
      detail: 'text',
      sip: {
        code: 485,
        subCode: 1,
        reason: 'Ambiguous',
        detail: 'twice',
        warning: null,
        diagnostics: 'errorId="1";\nreason="x"',
      },
    });
  });

  test('reads warning and description as reason and detail', () => {
    const fault = faultIn(
      '<requestFailed><error code="18102" warning="Careful" description="No such group."/></requestFailed>',
    );
    expect(fault).toEqual({ ...NOTHING, code: 18102, reason: 'Careful', detail: 'No such group.' });
  });

  test.each(['exception', 'exceptionType'])('reads the oldest form with %s', (name) => {
    const fault = faultIn(
      `<requestFailed rid="3"><${name}>A.B</${name}><exceptionDetail>text</exceptionDetail><sipResponse code="480" warning="0"/></requestFailed>`,
    );
    expect(fault).toEqual({
      ...NOTHING,
      exceptionType: 'A.B',
      exceptionDetail: 'text',
      sip: { code: 480, subCode: null, reason: null, detail: null, warning: '0', diagnostics: null },
    });
  });

  test('reads an error that stands for itself', () => {
    expect(faultIn('<error Code=" 18100 " reason="Session not found"/>')).toEqual({
      ...NOTHING,
      code: 18100,
      reason: 'Session not found',
    });
  });

  test('has no code where the text is no number', () => {
    expect(faultIn('<error code="none"/>')?.code).toBeNull();
  });

  test('is null where nothing is said', () => {
    expect(faultIn('<requestRejected rid="6"/>')).toBeNull();
  });
});

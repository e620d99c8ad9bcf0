import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { env } from 'node:process';
import { isDeepStrictEqual } from 'node:util';

import { describe, expect, test } from 'vitest';

import { decodeDocument } from '../../../src/cwa/documents/decode-document.ts';
import { DocumentRefusedError } from '../../../src/cwa/documents/document-refused-error.ts';
import { readDocument } from '../../../src/cwa/documents/read-document.ts';
import type { XmlElement } from '../../../src/lib/xml.ts';
import { MALFORMED_DOCUMENTS } from '../malformed-documents.ts';
import { readByOracle } from '../ordered-oracle.ts';
import { AGREED_DIFFERENCES, type GateVerdict, ROOTS } from './agreed-differences.ts';
import { type CorpusDocument, mutantOf } from './mutant.ts';
import { readStrictly } from './strict-reader.ts';

/**
 * The gate beside two other readers. libxml2 is strict and says whether a document is one: both must accept it or both
 * refuse it, but for the short list of agreed differences. fast-xml-parser is lenient and says what a document holds:
 * of every accepted one the gate must have grown the same tree.
 *
 * The documents are all XML fixtures, and mutants of them. Mutants come from seeds: `XML_MUTANTS_SEED=text` tries
 * others, and a disagreement tells the seed of its mutant (which gives it again as long as the fixtures are the same).
 */
const SEED = env.XML_MUTANTS_SEED ?? 'gate';
const MUTANTS_OF_BLOCK = 1_000;
const BLOCKS = Array.from({ length: 10 }, (_, index) => `${SEED}-${String(index)}`);

const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url));
const CORPUS: readonly CorpusDocument[] = globSync('**/*.xml', { cwd: FIXTURES })
  .sort()
  .map((name) => ({ name, bytes: readFileSync(`${FIXTURES}/${name}`) }));

function readByGate(bytes: Buffer): GateVerdict {
  try {
    return { isAccepted: true, ...readDocument(bytes, { roots: ROOTS }) };
  } catch (error) {
    if (!(error instanceof DocumentRefusedError)) throw error;
    return { isAccepted: false, reason: error.reason, detail: error.detail };
  }
}

/** How the readers stand to one document. */
type Outcome =
  | { readonly kind: 'accepted' | 'refused' | 'agreedDifference' }
  | { readonly kind: 'disagreement'; readonly what: string };

function compare(bytes: Buffer): Outcome {
  const gate = readByGate(bytes);
  const strict = readStrictly(bytes);
  if (gate.isAccepted && !hasTreeOfOracle(gate.root, bytes)) {
    return { kind: 'disagreement', what: 'fast-xml-parser reads another tree' };
  }
  if (gate.isAccepted === strict.isAccepted) return { kind: gate.isAccepted ? 'accepted' : 'refused' };
  if (AGREED_DIFFERENCES.some((difference) => difference.explains(gate, strict, bytes))) {
    return { kind: 'agreedDifference' };
  }
  return gate.isAccepted
    ? { kind: 'disagreement', what: `only libxml2 refuses: ${strict.isAccepted ? '' : strict.errors.join('; ')}` }
    : { kind: 'disagreement', what: `only the gate refuses (${gate.reason}): ${gate.detail}` };
}

function hasTreeOfOracle(root: XmlElement, bytes: Buffer): boolean {
  return isDeepStrictEqual(root, withoutRootIndentation(readByOracle(decodeDocument(bytes).text)));
}

/** The gate does not keep indentation between the children of the root. */
function withoutRootIndentation(root: XmlElement): XmlElement {
  return { ...root, children: root.children.filter((child) => typeof child !== 'string' || /[^ \t\n\r]/.test(child)) };
}

describe('the gate and libxml2', () => {
  test('compare a corpus, not an empty folder', () => {
    expect(CORPUS.length).toBeGreaterThanOrEqual(31);
  });

  test.each(CORPUS)('agree on $name', ({ bytes }) => {
    expect(compare(bytes)).toEqual({ kind: expect.stringMatching(/^(accepted|refused)$/) });
  });

  test.each(MALFORMED_DOCUMENTS)('refuse %s', (_defect, text) => {
    expect(compare(Buffer.from(text))).toEqual({ kind: 'refused' });
  });

  test.each(['1.1', '1.7'])('read version %s as 1.0', (version) => {
    const begin = `<?xml version="${version}"?><cwaEvents>`;
    expect(compare(Buffer.from(`${begin}</cwaEvents>`))).toEqual({ kind: 'accepted' });
    // A reference to a control character, and a line end, in 1.1 only.
    expect(compare(Buffer.from(`${begin}&#1;</cwaEvents>`))).toEqual({ kind: 'refused' });
    expect(compare(Buffer.from(`${begin}<a>\u0085\u2028</a></cwaEvents>`))).toEqual({ kind: 'accepted' });
  });

  test('refuse version 2.0', () => {
    expect(compare(Buffer.from('<?xml version="2.0"?><cwaEvents/>'))).toEqual({ kind: 'refused' });
  });

  test.each(AGREED_DIFFERENCES)('differ because $rule', ({ shownBy, isAcceptedByGate, explains }) => {
    const gate = readByGate(shownBy);
    const strict = readStrictly(shownBy);
    expect([gate.isAccepted, strict.isAccepted]).toEqual([isAcceptedByGate, !isAcceptedByGate]);
    expect(AGREED_DIFFERENCES.filter((difference) => difference.explains(gate, strict, shownBy))).toHaveLength(1);
    expect(explains(gate, strict, shownBy)).toBe(true);
  });
});

describe('mutants', () => {
  test.each(BLOCKS)(
    `of the seeds %s/0 to ${String(MUTANTS_OF_BLOCK - 1)} are judged and read alike`,
    (block) => {
      const counts = { accepted: 0, refused: 0, agreedDifference: 0 };
      const disagreements: object[] = [];
      for (let index = 0; index < MUTANTS_OF_BLOCK; index++) {
        const { seed, origin, bytes } = mutantOf(`${block}/${String(index)}`, CORPUS);
        const outcome = compare(bytes);
        if (outcome.kind === 'disagreement')
          disagreements.push({ seed, ...outcome, origin, document: bytes.toString() });
        else counts[outcome.kind] += 1;
      }
      expect(disagreements).toEqual([]);
      // Many of each, and few that are excused.
      expect(counts.accepted).toBeGreaterThan(MUTANTS_OF_BLOCK * 0.4);
      expect(counts.refused).toBeGreaterThan(MUTANTS_OF_BLOCK * 0.2);
      expect(counts.agreedDifference).toBeLessThan(MUTANTS_OF_BLOCK * 0.03);
    },
    60_000,
  );
});

import { Random } from '../../../src/simulator/random.ts';
import { BYTE_CHANGES } from './byte-changes.ts';
import { TOKEN_CHANGES } from './token-changes.ts';

/** A document of the corpus and what chance made of it. */
export interface Mutant {
  /** Gives this mutant again: `mutantOf(seed, corpus)`. */
  readonly seed: string;
  readonly bytes: Buffer;
  /** The document it began as and the changes it went through, in words. */
  readonly origin: string;
}

export interface CorpusDocument {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Of the changes, so many keep the kind of document whole on purpose; the others know nothing of XML. */
const TOKEN_SHARE = 0.8;
const UTF16_SHARE = 0.05;
const CHANGES_MAX = 3;

/** One mutant: a document with one to three changes. The same seed and corpus give the same bytes. */
export function mutantOf(seed: string, corpus: readonly CorpusDocument[]): Mutant {
  const random = new Random(seed);
  const document = random.pick(corpus);
  const steps: string[] = [document.name];
  let bytes = document.bytes;
  for (let left = random.between(1, CHANGES_MAX); left > 0; left--) {
    if (random.chance(TOKEN_SHARE)) {
      const [what, change] = random.pick(TOKEN_CHANGES);
      bytes = Buffer.from(change(bytes.toString('utf8'), random));
      steps.push(what);
    } else {
      const [what, change] = random.pick(BYTE_CHANGES);
      bytes = change(bytes, random);
      steps.push(what);
    }
  }
  if (random.chance(UTF16_SHARE)) {
    bytes = Buffer.from(`\uFEFF${bytes.toString('utf8')}`, 'utf16le');
    steps.push('write as UTF-16');
  }
  return { seed, bytes, origin: steps.join(', ') };
}

/** `npm run docs:generate`: writes every generated page and schema, and says which of them changed. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { PAGES } from './pages.ts';

const top = new URL('../../', import.meta.url);

for (const { path, render } of PAGES) {
  const file = new URL(path, top);
  const before = await readFile(file, 'utf8').catch(() => null);
  const after = render();
  if (after !== before) {
    await mkdir(new URL('.', file), { recursive: true });
    await writeFile(file, after);
  }
  console.log(`${after === before ? 'is current' : 'written'}: ${path}`);
}

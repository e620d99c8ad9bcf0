/** A Markdown table; cells are escaped so that `|` and line breaks stay inside them. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, header.map(() => '---'), ...rows.map((row) => row.map(cell))];
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** What every generated page begins with. */
export function generatedNotice(source: string): string {
  return `<!-- Generated from ${source} by \`npm run docs:generate\`; a test compares. Do not edit. -->`;
}

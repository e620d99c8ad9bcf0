/** A column of a table for people. */
export interface Column<Row> {
  readonly title: string;
  /** Numbers stand at the right. */
  readonly isNumber: boolean;
  readonly text: (row: Row) => string;
}

/** Titles and rows in columns that are as wide as their widest cell. Every line ends with a line feed. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const lines = [columns.map(({ title }) => title), ...rows.map((row) => columns.map(({ text }) => text(row)))];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index]?.length ?? 0)));
  const padded = lines.map((line) =>
    line.map((cell, index) => {
      const width = widths[index] ?? 0;
      return columns[index]?.isNumber === true ? cell.padStart(width) : cell.padEnd(width);
    }),
  );
  return padded.map((cells) => `${cells.join('  ').trimEnd()}\n`).join('');
}

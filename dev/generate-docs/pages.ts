import { configurationPage } from './configuration-page.ts';
import { metricsPage } from './metrics-page.ts';
import { recordsFiles } from './records-files.ts';

/** A page or schema that code writes. */
export interface GeneratedPage {
  /** From the top of the checkout. */
  readonly path: string;
  readonly render: () => string;
}

/** Every generated file; a test compares each with its file. */
export const PAGES: readonly GeneratedPage[] = [
  { path: 'docs/configuration.md', render: configurationPage },
  { path: 'docs/metrics.md', render: metricsPage },
  ...[...recordsFiles()].map(([path, text]) => ({ path, render: () => text })),
];

import { parseStatusClass, STATUS_CLASSES } from '../lib/status-class.ts';
import { type Problem, shown } from './problem.ts';
import type { DraftSettings } from './schema.ts';

/** Each of `session.statusClasses` has to say something about a status. */
export function statusClassProblems({ session }: Pick<DraftSettings, 'session'>): readonly Problem[] {
  return session.statusClasses.flatMap((text, index) => {
    if (parseStatusClass(text) !== null) return [];
    return [
      {
        path: `session.statusClasses[${String(index)}]`,
        message: 'says nothing about a status',
        remedy: `a status from 300 to 599, =, and one of ${STATUS_CLASSES.join(', ')}, such as "410=session-lost"`,
        value: shown(text),
        source: null,
      },
    ];
  });
}

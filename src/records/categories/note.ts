import type { ElementReader } from '../reading/element-reader.ts';
import { array, field, int, optional, record, text, timestamp, uriText, type ValueOf } from '../schema/schema.ts';

/** Categories `note` and `noteHistory` (events-and-categories §7.2). */
const noteBodySchema = record('NoteBody', 'One note.', {
  type: optional(text, 'personal, OOF; open set.'),
  uri: optional(uriText, 'Verbatim.'),
  lcid: optional(int, 'Windows locale identifier.'),
  startTime: optional(timestamp, 'Begin of an out-of-office window.'),
  startTimeRaw: optional(text, 'Verbatim, where startTime does not say all of it.'),
  endTime: optional(timestamp, 'End of an out-of-office window.'),
  endTimeRaw: optional(text, 'Verbatim, where endTime does not say all of it.'),
  text: optional(
    text,
    'Verbatim; empty is a fact. With privacy.notes hash: sha256: and the hexadecimal digest of the text; with drop: null.',
  ),
});

export const noteSchema = record('Note', 'Body of the categories note and noteHistory.', {
  bodies: field(array(noteBodySchema), 'In document order.'),
});

export type Note = ValueOf<typeof noteSchema>;
type NoteBody = ValueOf<typeof noteBodySchema>;

export function readNote(reader: ElementReader): Note {
  return { bodies: reader.all('body', readNoteBody) };
}

function readNoteBody(reader: ElementReader): NoteBody {
  const startTime = reader.time('startTime');
  const endTime = reader.time('endTime');
  const text = reader.text();
  return {
    type: reader.token('type'),
    uri: reader.attribute('uri'),
    lcid: reader.integer('LCID'),
    startTime: startTime.at,
    startTimeRaw: startTime.raw,
    endTime: endTime.at,
    endTimeRaw: endTime.raw,
    // What people wrote was taken out before the event was read; null tells it from an empty note.
    text: reader.findings.limits.privacyNotes === 'drop' ? null : text,
  };
}

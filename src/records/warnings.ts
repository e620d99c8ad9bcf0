/**
 * The closed list of codes in the `warnings` of a record. A warning never means that something was left out: what
 * could not be read stands verbatim in a `…Raw` field or in `extensions`.
 */
export const WARNINGS = {
  'eid-missing': 'The event has no eid: it follows the numbered events of its answer.',
  'eid-invalid': 'The eid is not a number from 0 to 2^63−1; see eidRaw.',
  'late-eid': 'A higher eid of this generation was published before; the server was late with this one.',
  'duplicate-eid': 'Another event with the same eid and other content was published before: both are kept.',
  'possible-repeat': 'Whether this event was published before could not be decided; origin is replay.',
  replayed: 'An operator had it published anew from a dead letter: it is history, and says nothing about now.',
  'missing-uri': 'Somebody has no URI; a user that the record is about: the key is the account, subjectUri is null.',
  'odd-uri': 'A URI has neither a scheme nor an @; it is kept in lower case.',
  'conference-uri': 'The URI names a conference, not a user: it is never a key.',
  'no-user': 'An event about users names none.',
  'missing-name': 'A category has no name.',
  'bad-number': 'A number could not be read or is out of range: the field is null, the text is in extensions.',
  'bad-boolean':
    'A boolean is none of true, false, 1, 0: the field is null, the text is in extensions, or in value beside a flag.',
  'bad-time': 'A time could not be read: the field is null, the text is in its …Raw field.',
  'time-unit-unknown': 'A time is a bare integer, whose unit nobody documents; the text is in its …Raw field.',
  'bad-duration': 'A duration could not be read as whole minutes: the field is null, the text is in its …Raw field.',
  'bad-base64': 'The free-busy stream is not base64: slots is null, the text is kept.',
  'unexpected-namespace': 'The body of a category, or its type attribute, is in an unexpected namespace; read anyway.',
  'unexpected-body': 'The body of a known category has another root element: it is kept as rawXml.',
  'misplaced-body': 'The body of a custom category stood beside it instead of inside; attached to the one before.',
  'secret-removed': 'The event carried sign-in data, which is never published; its content was removed.',
  'continued-item':
    'A part of a record: the first item of its first array behind the head that is not empty goes on from the part before.',
  'continued-inner-item':
    'Besides continued-item: so does, inside that item, the first item of its first array that is not empty.',
  'text-withheld':
    'A conversation held a text where none is documented: it is taken for what somebody wrote, see contentPolicy.',
  'stale-state': 'The state was published before the one already known: it changes no derived record.',
} as const satisfies Readonly<Record<string, string>>;

export type Warning = keyof typeof WARNINGS;

/** All but what JSON holds as it is: quotes, backslashes, controls, and surrogates, which may stand alone. */
const NEEDS_ESCAPE = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;

/** The text as a JSON string: what `JSON.stringify` makes of it, sooner. */
export function jsonString(text: string): string {
  return NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`;
}

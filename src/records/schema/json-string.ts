/** All but what JSON holds as it is: quotes, backslashes, controls, and surrogates, which may stand alone. */
const NEEDS_ESCAPE = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;

/** The text as a JSON string: what `JSON.stringify` makes of it, sooner. */
export function jsonString(text: string): string {
  return needsEscape(text) ? JSON.stringify(text) : `"${text}"`;
}

/** False if the text stands in JSON as it is; true if it does not, or has surrogates. */
export function needsEscape(text: string): boolean {
  return NEEDS_ESCAPE.test(text);
}

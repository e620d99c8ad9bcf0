/** Header names in lower case; a repeated header is an array. */
export type ResponseHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Every value of a header; none if it is absent. */
export function valuesOf(header: ResponseHeaders[string]): readonly string[] {
  if (header === undefined) return [];
  return typeof header === 'string' ? [header] : header;
}

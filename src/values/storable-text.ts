/** Whether a text of PostgreSQL can hold it: it has neither a NUL nor half of a surrogate pair, both of which JSON can write. */
export function isStorableText(text: string): boolean {
  return !text.includes('\0') && !/\p{Surrogate}/u.test(text);
}

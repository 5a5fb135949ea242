/**
 * The identity of a row within its entity, or what a reference holds: a safe integer of an integer column is a number;
 * any other single column is the server's text; several columns are their texts joined by NUL, which no PostgreSQL text holds.
 */
export type Key = number | string;

const separator = '\0';

/** The key that these column texts make. `integer` says that it is a single integer column. */
export function toKey(texts: readonly string[], integer: boolean): Key {
  const [first] = texts;
  if (texts.length !== 1 || first === undefined) return texts.join(separator);
  return integer ? toIntegerKey(first) : first;
}

/** The server's text of each column of a key. */
export function keyTexts(key: Key): readonly string[] {
  if (typeof key === 'number') return [String(key)];
  const texts: string[] = [];
  let from = 0;
  // String.split takes twice as long for so few.
  for (let at = key.indexOf(separator); at >= 0; at = key.indexOf(separator, from)) {
    texts.push(key.slice(from, at));
    from = at + 1;
  }
  texts.push(key.slice(from));
  return texts;
}

/** Whether the server writes an integer like this: no sign or zero that says nothing. At most as long as a `bigint`. */
export function isIntegerText(text: string): boolean {
  return /^(?:0|-?[1-9]\d{0,18})$/u.test(text);
}

/** An integer's text as a key: a number where that is exact, else the text itself. */
export function toIntegerKey(text: string): Key {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : text;
}

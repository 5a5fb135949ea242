/** A place of a value where a key should stand, in UTF-16 units of the value's text. */
export interface Token {
  readonly start: number;
  readonly end: number;
  /** What stands there, without what quotes or escapes it; undefined for what no key can be written as. */
  readonly text: string | undefined;
  /** How it is written there. */
  readonly as: 'json-number' | 'json-string' | 'element' | 'plain' | 'whole';
}

/** The characters that stand for another text in the token's place; for NULL, where that can stand in it. */
export function writeToken({ as }: Pick<Token, 'as'>, text: string | null): string {
  if (text === null) return as === 'element' ? 'NULL' : 'null';
  switch (as) {
    case 'json-number':
      return isJsonInteger(text) ? text : JSON.stringify(text);
    case 'json-string':
      return JSON.stringify(text);
    case 'element':
      return isBareElement(text) ? text : `"${text.replace(/["\\]/gu, '\\$&')}"`;
    case 'plain':
    case 'whole':
      return text;
  }
}

function isJsonInteger(text: string): boolean {
  return /^(?:0|-?[1-9]\d*)$/u.test(text);
}

/** As the server writes arrays: what could be taken for something else is quoted. */
function isBareElement(text: string): boolean {
  return text !== '' && !/["\\{},\t\n\v\f\r ]/u.test(text) && text.toUpperCase() !== 'NULL';
}

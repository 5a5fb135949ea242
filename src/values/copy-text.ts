/**
 * COPY's text format: tab between columns, `\N` for NULL, and a backslash before what would else be taken for structure.
 * https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.2
 */
const escapes: Readonly<Record<string, string>> = Object.freeze({
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
});

const unescapes: Readonly<Record<string, string>> = Object.freeze({ b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' });

const special = /[\b\f\n\r\t\v\\]/u;
const specials = /[\b\f\n\r\t\v\\]/gu;

/** A value as COPY TO writes it. */
export function escapeCopy(text: string | null): string {
  if (text === null) return '\\N';
  return special.test(text) ? text.replace(specials, (character) => escapes[character] ?? character) : text;
}

/** A value that is not `\N`, as the server's text. */
export function unescapeCopy(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(.)/gsu, (_, character: string) => unescapes[character] ?? character);
}

/** A value, as the server's text; null for NULL. */
export function decodeText(text: string): string | null {
  return text === '\\N' ? null : unescapeCopy(text);
}

/** The values of one row, without its line end. */
export function decodeRow(line: string): (string | null)[] {
  return line.split('\t').map(decodeText);
}

/** JSON as Zulip writes it: four blanks of indent, `\/`, `\uXXXX` beyond ASCII, no line feed at the end. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [name: string]: JsonValue };

const indent = '    ';

/** @param depth how deep the value stands */
export function jsonText(value: JsonValue, depth = 0): string {
  if (typeof value === 'string') return jsonString(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const outer = `\n${indent.repeat(depth)}`;
  const inner = `${outer}${indent}`;
  if (Array.isArray(value)) {
    const items = (value as readonly JsonValue[]).map((item) => `${inner}${jsonText(item, depth + 1)}`);
    return items.length === 0 ? `[\n${outer}]` : `[${items.join(',')}${outer}]`;
  }
  const members = Object.entries(value).map(([name, one]) => `${inner}${jsonString(name)}:${jsonText(one, depth + 1)}`);
  return members.length === 0 ? `{\n${outer}}` : `{${members.join(',')}${outer}}`;
}

export function jsonString(text: string): string {
  const escaped = JSON.stringify(text).replaceAll('/', '\\/');
  return escaped.replace(/[\u0080-\uffff]/gu, codeUnits).replace(/[\u{10000}-\u{10ffff}]/gu, codeUnits);
}

function codeUnits(character: string): string {
  let escaped = '';
  for (let at = 0; at < character.length; at += 1) escaped += `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`;
  return escaped;
}

import type { Declaration, DeclaredOption } from './help.js';

/** What a command is handed; `undefined` where nothing was said. */
export type PlainArguments = Readonly<Record<string, unknown>>;

/**
 * What the parser would make of words that leave no question open, without loading it, which takes longer than a small export. Undefined where there
 * is anything that it may take in another way, or refuse: options that nobody declared, or with one dash and several letters, or denied; values that
 * are missing or odd; too many or too few arguments.
 *
 * @param words behind the command's own
 */
export function plainArguments(declaration: Declaration, words: readonly string[]): PlainArguments | undefined {
  const positional: string[] = [];
  const given = new Map<string, unknown[]>();
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (!word.startsWith('-')) {
      if (!isPlain(word)) return undefined;
      positional.push(word);
      continue;
    }
    const [, name = '', joined] = /^--?([^-=][^=]*)(?:=([^]*))?$/u.exec(word) ?? [];
    const found = optionOf(declaration, name);
    if (found === undefined || (word.startsWith('--') ? name.length === 1 : name.length > 1)) return undefined;
    const [key, option] = found;
    if (key === 'help' || key === 'version') return undefined;
    let value: unknown = true;
    if (option.type === 'boolean') {
      // The parser takes such a word behind it for its value.
      if (joined !== undefined || given.has(key) || words[at + 1] === 'true' || words[at + 1] === 'false') return undefined;
    } else {
      if (joined === undefined) at += 1;
      value = valueOf(option, joined ?? words[at]);
      if (value === undefined) return undefined;
    }
    given.set(key, [...(given.get(key) ?? []), value]);
  }
  const named = positionals(declaration, positional);
  const isMissing = [...declaration.options].some(([name, { demandOption }]) => demandOption === true && !given.has(name));
  return named === undefined || isMissing ? undefined : { ...optionsOf(declaration, given), ...named };
}

function optionOf({ options }: Declaration, name: string): readonly [name: string, option: DeclaredOption] | undefined {
  return [...options].find(([own, { alias = [] }]) => own === name || [alias].flat().includes(name));
}

/** Quotation marks are the parser's, and a dash begins an option, unless it stands alone: standard output. */
function isPlain(word: string): boolean {
  return word !== '' && !/^["'-]/u.test(word) && !/["']$/u.test(word);
}

function valueOf({ type, choices }: DeclaredOption, word: string | undefined): unknown {
  if (word === undefined || (word !== '-' && !isPlain(word))) return undefined;
  if (type === 'number') return /^[1-9]\d{0,14}$/u.test(word) ? Number(word) : undefined;
  return type === 'string' && choices?.includes(word) !== false ? word : undefined;
}

function optionsOf({ options }: Declaration, given: ReadonlyMap<string, readonly unknown[]>): PlainArguments {
  const args: Record<string, unknown> = {};
  for (const [name, { alias = [], array, coerce, default: usual }] of options) {
    const values = given.get(name);
    if (values === undefined && usual === undefined) continue;
    const said: unknown = values === undefined ? usual : array === true || values.length > 1 ? values : values[0];
    const value: unknown = coerce === undefined ? said : coerce(said);
    for (const key of [name, ...[alias].flat()]) args[inCamelCase(key)] = value;
  }
  return args;
}

/** By the names in the command's usage: `<objects...>`, `<a> [b]`. */
function positionals({ command }: Declaration, words: readonly string[]): PlainArguments | undefined {
  const names = command.split(' ').slice(1);
  const isList = names.at(-1)?.includes('...') === true;
  const least = names.filter((name) => name.startsWith('<')).length;
  if (words.length < least || (!isList && words.length > names.length)) return undefined;
  const args: Record<string, unknown> = {};
  for (const [at, name] of names.entries()) {
    if (at < words.length) args[name.replaceAll(/[<>[\].]/gu, '')] = name.includes('...') ? words.slice(at) : words[at];
  }
  return args;
}

function inCamelCase(name: string): string {
  return name.replaceAll(/-([a-z])/gu, (_, letter: string) => letter.toUpperCase());
}

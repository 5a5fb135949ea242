import type { CommandModule, Options } from 'yargs';
import type { LaterCommand } from './later-commands.js';
import { wordOf } from './later-commands.js';
import { wrapWords } from './wrap-words.js';

/** An option as the commands declare it, with the word that stands for its value. */
export type DeclaredOption = Options & {
  readonly value?: string;
  /** Whether `--no-…` says something although the option has a value. */
  readonly deniable?: boolean;
};

/** What a command declares of itself. */
export interface Declaration {
  readonly command: string;
  readonly describe: string;
  readonly positionals: ReadonlyMap<string, DeclaredOption>;
  readonly options: ReadonlyMap<string, DeclaredOption>;
  readonly examples: readonly (readonly [string, string])[];
}

const general: readonly (readonly [string, DeclaredOption])[] = [
  ['help', { alias: 'h', type: 'boolean', describe: 'show this' }],
  ['version', { type: 'boolean', describe: 'show the version' }],
];

/** What a command declares, without a parser: loading one would take longer than everything else that `--help` does. */
export function declarationOf(command: CommandModule): Declaration {
  const positionals = new Map<string, DeclaredOption>();
  const options = new Map<string, DeclaredOption>();
  const examples: [string, string][] = [];
  const recorder = {
    positional: (name: string, declared: DeclaredOption) => (positionals.set(name, declared), recorder),
    option: (name: string, declared: DeclaredOption) => (options.set(name, declared), recorder),
    example: (words: string, what: string) => (examples.push([words, what]), recorder),
  };
  if (typeof command.builder === 'function') void command.builder(recorder as never);
  for (const [name, declared] of general) options.set(name, declared);
  return { command: String(command.command), describe: String(command.describe), positionals, options, examples };
}

/** All that can stand on the command line for an option: `--output`, `-o`. */
export function optionNames({ options }: Declaration): readonly string[] {
  return [...options].flatMap(([name, { alias = [] }]) => [name, ...[alias].flat()].map(dashed));
}

/** The list of a program's commands. */
export function helpOfAll(program: string, commands: readonly Declaration[], later: readonly string[], width: number): string {
  const rows = commands.map(({ command, describe }): Row => [`${program} ${command}`, describe]);
  return [
    `${program} <command>: moves object graphs between databases`,
    section('Commands', rows, width),
    section('Options', general.map(optionRow), width),
    section('Examples', [[`${program} ${wordOf(commands[0] ?? { command: '' })} --help`, 'what one of them does']], width),
    wrapWords(`Not in this version: ${later.join(', ')}.`, width).join('\n'),
  ].join('\n\n');
}

/** The help of one command, which `portolan` has under its name and a program of its own has for itself. */
export function helpOfOne(
  program: string,
  { command, describe, positionals, options, examples }: Declaration,
  width: number,
): string {
  const name = wordOf({ command });
  const words = `${program} ${name === '$0' ? command.slice(name.length + 1) : command}`;
  const called = name === '$0' ? program : `${program} ${name}`;
  const argument = [...positionals].map(([positional, declared]): Row => [positional, declared.describe ?? '']);
  const shown = examples.map(([example, what]): Row => [example.replace('$0', called), what]);
  return [
    words,
    wrapWords(describe, width).join('\n'),
    section('Arguments', argument, width),
    section('Options', [...options].map(optionRow), width),
    section('Examples', shown, width),
  ].join('\n\n');
}

/** The help of a command that this version does not have. */
export function helpOfLater(program: string, { command, describe, instead, examples }: LaterCommand, width: number): string {
  const own = program === 'portolan' ? command : command.replace(/^\S+ /u, '');
  return [
    `${program} ${own}`,
    wrapWords(`${describe}: not available in this version`, width).join('\n'),
    wrapWords(instead, width).join('\n'),
    section('Examples', examples, width),
  ].join('\n\n');
}

type Row = readonly [left: string, right: string];

function optionRow([name, declared]: readonly [string, DeclaredOption]): Row {
  // What is on where nothing is said is only ever switched off.
  const own = declared.type === 'boolean' && declared.default === true ? `no-${name}` : name;
  const names = [own, ...[declared.alias ?? []].flat()].filter((one) => !/[A-Z]/u.test(one)).map(dashed);
  const short = names.filter((one) => !one.startsWith('--'));
  const value = declared.choices?.join('|') ?? declared.value;
  const sorted = [...short, ...names.filter((one) => !short.includes(one))];
  const left = `${short.length > 0 ? '' : '    '}${sorted.join(', ')}${value === undefined ? '' : ` ${value}`}`;
  const byDefault = typeof declared.default === 'string' ? ` (default: ${declared.default})` : '';
  return [left, `${declared.describe ?? ''}${declared.array === true ? '; repeats' : ''}${byDefault}`];
}

function dashed(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`;
}

/** The longest left column that has its text beside it. */
const widest = 34;

function section(title: string, rows: readonly Row[], width: number): string {
  const column = Math.min(widest, Math.max(...rows.map(([left]) => left.length)));
  const lines = rows.flatMap(([left, right]) => {
    const [first = '', ...rest] = wrapWords(right, width - column - 4);
    const indented = rest.map((line) => `${' '.repeat(column + 4)}${line}`);
    return left.length > column
      ? [`  ${left}`, ...[first, ...rest].map((line) => `${' '.repeat(column + 4)}${line}`)]
      : [`  ${left.padEnd(column)}  ${first}`, ...indented];
  });
  return [`${title}:`, ...lines].join('\n');
}

import type { Argv } from 'yargs';

/** Options that every command understands; their meaning is the same everywhere. */
export interface SharedArguments {
  readonly dataSource: string | undefined;
  readonly exportName: string | undefined;
  readonly url: string | undefined;
  readonly profile: string | undefined;
  readonly policy: string | undefined;
  readonly json: boolean;
  readonly findings: string | undefined;
  readonly strict: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

export function withSharedOptions<T>(yargs: Argv<T>): Argv<T & SharedArguments> {
  return yargs
    .option('data-source', {
      alias: ['d', 'dataSource'],
      ...valueOption('FILE', 'file that exports the DataSource (default: ormconfig.* here or above)'),
    })
    .option('export-name', valueOption('NAME', 'which export of that file, where it has several'))
    .option('url', valueOption('URL', "connection string; replaces the data source's connection, keeps its entities"))
    .option('profile', valueOption('NAME', 'what is known of one application: zulip, or a module; seeds zerver.… choose zulip'))
    .option('policy', valueOption('FILE', 'policy file (default: portolan.policy.* beside the data source)'))
    .option('json', { type: 'boolean', default: false, describe: 'the result as one JSON document on standard output' })
    .option('findings', valueOption('FILE', 'write every finding there, one JSON line each'))
    .option('strict', { type: 'boolean', default: false, describe: 'findings that are warnings refuse' })
    .option('quiet', { alias: 'q', type: 'boolean', default: false, describe: 'no progress, no summary' })
    .option('verbose', {
      alias: 'v',
      type: 'boolean',
      default: false,
      describe: 'reasons, which queries ran, SQL and row values in errors',
    }) as unknown as Argv<T & SharedArguments>;
}

export interface OneValue<T extends 'string' | 'number', V> {
  readonly type: T;
  readonly requiresArg: true;
  readonly describe: string;
  readonly value: string;
  readonly coerce: (given: V | readonly V[]) => V | undefined;
}

/** An option that takes one value, and the word that `--help` has for it. */
export function valueOption(value: string, describe: string): OneValue<'string', string> {
  return { type: 'string', requiresArg: true, describe, value, coerce: lastOf };
}

/** The same for a whole number. */
export function numberOption(describe: string): OneValue<'number', number> {
  return { type: 'number', requiresArg: true, describe, value: 'N', coerce: lastOf };
}

/** The same for one of some words. */
export function choiceOption<C extends string>(
  choices: readonly C[],
  describe: string,
): Omit<OneValue<'string', C>, 'value'> & { readonly choices: readonly C[] } {
  return { type: 'string', choices, requiresArg: true, describe, coerce: lastOf };
}

/** Of an option that takes one value and is given twice, the later one counts: so a script's options can be overruled. */
function lastOf<V>(given: V | readonly V[]): V | undefined {
  return Array.isArray(given) ? (given as readonly V[]).at(-1) : (given as V);
}

/** A list option: it repeats, and a comma separates too. */
export function listOption(
  value: string,
  describe: string,
): {
  readonly type: 'string';
  readonly array: true;
  readonly nargs: 1;
  readonly requiresArg: true;
  readonly describe: string;
  readonly value: string;
  readonly coerce: (values: readonly string[]) => readonly string[];
} {
  return { type: 'string', array: true, nargs: 1, requiresArg: true, describe, value, coerce: splitList };
}

/** An empty value stays, and is refused as a name that nothing has: an unset variable of a script must not lift a boundary. */
function splitList(values: readonly string[] | undefined): readonly string[] {
  return (values ?? []).flatMap((value) => {
    const names = value.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));
    return names.length === 0 ? [''] : names;
  });
}

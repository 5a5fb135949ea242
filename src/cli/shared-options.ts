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
    .option('profile', valueOption('NAME', 'what is known of one application (this version has none built in)'))
    .option('policy', valueOption('FILE', 'policy file (default: portolan.policy.* beside the data source)'))
    .option('json', { type: 'boolean', default: false, describe: 'the result as one JSON document on standard output' })
    .option('findings', valueOption('FILE', 'write every finding there, one JSON line each'))
    .option('strict', { type: 'boolean', default: false, describe: 'findings that are warnings refuse' })
    .option('quiet', { alias: 'q', type: 'boolean', default: false, describe: 'no progress, no summary' })
    .option('verbose', {
      alias: 'v',
      type: 'boolean',
      default: false,
      describe: 'reasons, SQL, and row values in errors',
    }) as unknown as Argv<T & SharedArguments>;
}

/** An option that takes one value, and the word that `--help` has for it. */
export function valueOption(
  value: string,
  describe: string,
): { readonly type: 'string'; readonly requiresArg: true; readonly describe: string; readonly value: string } {
  return { type: 'string', requiresArg: true, describe, value };
}

/** The same for a whole number. */
export function numberOption(describe: string): {
  readonly type: 'number';
  readonly requiresArg: true;
  readonly describe: string;
  readonly value: string;
} {
  return { type: 'number', requiresArg: true, describe, value: 'N' };
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

export function splitList(values: readonly string[] | undefined): readonly string[] {
  return (values ?? []).flatMap((value) => value.split(',')).filter((value) => value !== '');
}

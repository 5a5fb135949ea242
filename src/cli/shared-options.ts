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
      type: 'string',
      requiresArg: true,
      describe: 'file that exports the DataSource (default: ormconfig.* here or above)',
    })
    .option('export-name', { type: 'string', requiresArg: true, describe: 'which export of that file, where it has several' })
    .option('url', {
      type: 'string',
      requiresArg: true,
      describe: "connection string; replaces the data source's connection, keeps its entities",
    })
    .option('profile', {
      type: 'string',
      requiresArg: true,
      describe: 'what is known of one application (this version has none built in)',
    })
    .option('policy', {
      type: 'string',
      requiresArg: true,
      describe: 'policy file (default: portolan.policy.* beside the data source)',
    })
    .option('json', { type: 'boolean', default: false, describe: 'the result as one JSON document on standard output' })
    .option('findings', { type: 'string', requiresArg: true, describe: 'write every finding there, one JSON line each' })
    .option('strict', { type: 'boolean', default: false, describe: 'findings that are warnings refuse' })
    .option('quiet', { alias: 'q', type: 'boolean', default: false, describe: 'no progress, no summary' })
    .option('verbose', {
      alias: 'v',
      type: 'boolean',
      default: false,
      describe: 'reasons, and row values in errors',
    }) as unknown as Argv<T & SharedArguments>;
}

/** A list option: it repeats, and a comma separates too. */
export function listOption(describe: string): {
  readonly type: 'string';
  readonly array: true;
  readonly nargs: 1;
  readonly requiresArg: true;
  readonly describe: string;
  readonly coerce: (values: readonly string[]) => readonly string[];
} {
  return { type: 'string', array: true, nargs: 1, requiresArg: true, describe, coerce: splitList };
}

export function splitList(values: readonly string[] | undefined): readonly string[] {
  return (values ?? []).flatMap((value) => value.split(',')).filter((value) => value !== '');
}

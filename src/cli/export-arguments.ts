import type { Argv } from 'yargs';
import { UsageError } from '../errors/portolan-error.js';
import type { ExportOptions } from '../export/export-options.js';
import { followRules } from '../terms.js';
import type { SharedArguments } from './shared-options.js';
import { byteSize } from './byte-size.js';
import { choiceOption, listOption, numberOption, valueOption } from './shared-options.js';

/** Less would have sets go to the file a few keys at a time. */
const leastMemory = 1e6;

/** The options that decide what an export takes: `export` and `explain` have them in common. */
export interface SelectionArguments extends SharedArguments {
  readonly objects: readonly string[];
  readonly root: readonly string[] | undefined;
  readonly follow: (typeof followRules)[number];
  readonly shared: 'full' | 'key' | undefined;
  readonly boundary: readonly string[] | undefined;
  readonly exclude: readonly string[] | undefined;
  readonly includeSecret: readonly string[] | undefined;
  readonly maxObjects: number | undefined;
  readonly maxDepth: number | undefined;
  readonly maxMemory: string | undefined;
}

export function withSelectionOptions<T extends SharedArguments>(yargs: Argv<T>): Argv<T & SelectionArguments> {
  return yargs
    .positional('objects', {
      array: true,
      type: 'string',
      describe: 'app.Model.key · Model.key · app.Model.a=1,b=2 · app.Model[column=value]',
    })
    .option('root', { alias: 'r', ...listOption('MODEL', 'further root entities: their other rows are not entered') })
    .option('follow', {
      default: 'owned' as const,
      ...choiceOption(
        followRules,
        'how far: dependencies (up only) · owned (what belongs to the seeds, and what that needs) · connected (everything around; a second seed can make it smaller)',
      ),
    })
    .option('shared', choiceOption(['full', 'key'], 'rows that are only needed: whole (default), or as key and natural key'))
    .option('boundary', listOption('MODEL', 'entities whose other instances must never be entered'))
    .option('exclude', listOption('MODEL[.FIELD]', 'leave out a model, or Model.field'))
    .option('include-secret', listOption('MODEL.FIELD', "let a withheld column leave: Model.field, or '*' for all"))
    .option('max-objects', numberOption('refuse to take more objects than this'))
    .option('max-depth', numberOption('refuse to go further from the seeds than this'))
    .option(
      'max-memory',
      valueOption('SIZE', 'put keys that take more memory than this into a temporary file (default: a quarter of what there is)'),
    ) as unknown as Argv<T & SelectionArguments>;
}

export function selectionOptions(args: SelectionArguments): ExportOptions {
  return {
    objects: args.objects,
    roots: args.root,
    follow: args.follow,
    shared: args.shared,
    boundary: args.boundary,
    exclude: args.exclude,
    includeSecrets: args.includeSecret,
    maxObjects: wholeNumber('--max-objects', args.maxObjects, 1),
    maxDepth: wholeNumber('--max-depth', args.maxDepth, 0),
    maxMemory: byteSize('--max-memory', args.maxMemory, leastMemory),
    strict: args.strict,
  };
}

export function wholeNumber(option: string, value: number | undefined, least: number): number | undefined {
  if (value === undefined) return undefined;
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new UsageError('OPTION_VALUE', `${option} takes a whole number from ${String(least)} on`);
}

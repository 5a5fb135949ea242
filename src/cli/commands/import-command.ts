import type { CommandModule } from 'yargs';
import { UsageError } from '../../errors/portolan-error.js';
import type { ImportResult } from '../../import/import-options.js';
import type { ConflictStrategy, RemapRule } from '../../terms.js';
import { conflictStrategies, remapRules } from '../../terms.js';
import { bucketOption, inBucket } from '../bucket-option.js';
import type { SharedArguments } from '../shared-options.js';
import type { FilesArgument } from '../files-option.js';
import { fileStore, filesOption } from '../files-option.js';
import { choiceOption, listOption, numberOption, valueOption, withSharedOptions } from '../shared-options.js';

interface ImportArguments extends SharedArguments {
  readonly path: string;
  readonly bucket: string | undefined;
  readonly dryRun: boolean;
  readonly onConflict: ConflictStrategy | undefined;
  readonly override: boolean;
  readonly yes: boolean;
  readonly remap: RemapRule | undefined;
  readonly offset: number | undefined;
  readonly plan: string | undefined;
  readonly applyPlan: string | undefined;
  readonly idMap: string | undefined;
  readonly journal: string | undefined;
  readonly withIdMap: readonly string[];
  readonly files: FilesArgument;
  readonly bulkConstraints: boolean;
  readonly ignoreNonexistent: boolean;
}

/** `portolan import`, `importobjects`. */
export function importCommand(name: string): CommandModule<object, ImportArguments> {
  return {
    command: `${name} <path>`,
    describe: 'import an archive beside other data: read, plan, apply and verify in one transaction',
    builder: (yargs) =>
      withSharedOptions(yargs.positional('path', { type: 'string', describe: 'the archive' }))
        .option('bucket', bucketOption)
        .option('dry-run', {
          alias: 'debug',
          type: 'boolean',
          default: false,
          describe: 'the whole path, then a rollback; exits as the real run would',
        })
        .option('on-conflict', choiceOption(conflictStrategies, 'what to do where a different row has the key (default: fail)'))
        .option('override', { type: 'boolean', default: false, describe: 'the same as --on-conflict override' })
        .option('remap', choiceOption(remapRules, 'which objects get new keys under remap (default: conflicts)'))
        .option('offset', numberOption('new integer keys are the old ones plus N: keys that one can recognise'))
        .option('yes', {
          alias: 'y',
          type: 'boolean',
          default: false,
          describe: 'consent to overwriting, where there is no terminal to ask',
        })
        .option('plan', valueOption('FILE', 'write the plan there, one decision a line'))
        .option(
          'apply-plan',
          valueOption('FILE', 'execute exactly the plan that --plan wrote there, or refuse where anything has changed'),
        )
        .option('id-map', valueOption('FILE', 'write old key → new key there, as JSON lines'))
        .option('journal', valueOption('FILE', 'write there what portolan undo needs to take it back'))
        .option('with-id-map', listOption('FILE', 'maps of earlier imports: what one names is taken for that row'))
        .option(
          'files',
          filesOption('where the files of the archive belong: DIR, s3://bucket/prefix or gs://…; --no-files leaves them there'),
        )
        .option('bulk-constraints', {
          type: 'boolean',
          default: false,
          describe: 'check foreign keys set by set instead of row by row',
        })
        .option('ignore-nonexistent', {
          type: 'boolean',
          default: false,
          describe: 'drop columns and models that the target lacks',
        })
        .example('$0 book.json --dry-run', 'what would happen, and nothing happens') as never,
    handler: async (given) => {
      const args = inBucket(given, ['path']);
      const { summarizeImport, summarizeRefusal } = await import('../summaries.js');
      const { runCommand, libraryOptions } = await import('../run-command.js');
      const { confirm, requireTerminal } = await import('../confirm.js');
      const { openPlan } = await import('../../changes/open-plan.js');
      await runCommand(args, async (context) => {
        const onConflict = strategy(args);
        const planned = args.applyPlan === undefined ? undefined : (await openPlan(args.applyPlan, 'import')).header.options;
        const asks = (onConflict ?? planned?.['onConflict']) === 'override' && !args.dryRun && !args.yes;
        if (asks) requireTerminal('overwriting rows wants a second consent');
        const { dataSource, policy } = await context.open();
        const { importObjects } = await import('../../import/import-objects.js');
        const { path: archive, dryRun, remap, offset, plan, applyPlan, idMap, withIdMap, journal, bulkConstraints } = args;
        const { ignoreNonexistent, verbose, strict } = args;
        const result = await importObjects(dataSource, {
          ...libraryOptions(context),
          ...{ archive, dryRun, onConflict, remap, offset, plan, applyPlan, idMap, withIdMap, journal, bulkConstraints },
          ...{ ignoreNonexistent, verbose, strict, policy },
          files: await fileStore(args.files),
          noFiles: args.files === false,
          onStaging: (where) => {
            if (verbose) context.say(`until the rows are committed, files stand under ${where}`);
          },
          onTarget: async ({ host, database, user }) => {
            context.say(`${dryRun ? 'planning for' : 'writing to'} database ${database} on ${host} as ${user}`);
            const question = `Rows of database ${database} on ${host} that differ will be overwritten. Go on?`;
            if (asks) await confirm(question, 'nothing was written', context.signal);
          },
        });
        context.say(await summarizeImport(result, verbose));
        const isRefused = result.status === 'refused';
        if (isRefused && args.quiet) process.stderr.write(`${summarizeRefusal(result)}\n`);
        return { exitCode: isRefused ? 3 : 0, json: jsonOf(result) };
      });
    },
  };
}

function strategy(args: ImportArguments): ConflictStrategy | undefined {
  if (!args.override) return args.onConflict;
  if (args.onConflict === undefined || args.onConflict === 'override') return 'override';
  throw new UsageError('OPTION_VALUE', `--override and --on-conflict ${args.onConflict} say different things`);
}

/** The document that cli.md promises. */
function jsonOf({ status, plan, links, files, conflicts, findings }: ImportResult): unknown {
  const told = conflicts.map(({ object, reason, constraint, columns, inTheWay }) => ({
    object,
    reason,
    constraint,
    columns,
    inTheWay,
  }));
  return { status, plan, links, files, conflicts: told, findings };
}

import type { CommandModule } from 'yargs';
import { UsageError } from '../../errors/portolan-error.js';
import type { ImportResult } from '../../import/import-options.js';
import type { ConflictStrategy } from '../../terms.js';
import { conflictStrategies } from '../../terms.js';
import { bucketOption, inBucket } from '../bucket-option.js';
import type { SharedArguments } from '../shared-options.js';
import { choiceOption, valueOption, withSharedOptions } from '../shared-options.js';

interface ImportArguments extends SharedArguments {
  readonly path: string;
  readonly bucket: string | undefined;
  readonly dryRun: boolean;
  readonly onConflict: ConflictStrategy | undefined;
  readonly override: boolean;
  readonly yes: boolean;
  readonly plan: string | undefined;
  readonly idMap: string | undefined;
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
        .option('yes', {
          alias: 'y',
          type: 'boolean',
          default: false,
          describe: 'consent to overwriting, where there is no terminal to ask',
        })
        .option('plan', valueOption('FILE', 'write the plan there, one decision a line'))
        .option('id-map', valueOption('FILE', 'write old key → new key there, as JSON lines'))
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
      const { confirmOverride, requireTerminal } = await import('../confirm.js');
      await runCommand(args, async (context) => {
        const onConflict = strategy(args);
        const asks = onConflict === 'override' && !args.dryRun && !args.yes;
        if (asks) requireTerminal();
        const { dataSource, policy } = await context.open();
        const { importObjects } = await import('../../import/import-objects.js');
        const { path: archive, dryRun, plan, idMap, bulkConstraints, ignoreNonexistent, verbose, strict } = args;
        const result = await importObjects(dataSource, {
          ...libraryOptions(context),
          ...{ archive, dryRun, onConflict, plan, idMap, bulkConstraints, ignoreNonexistent, verbose, strict, policy },
          onTarget: async (target) => {
            const { host, database, user } = target;
            context.say(`${dryRun ? 'planning for' : 'writing to'} database ${database} on ${host} as ${user}`);
            if (asks) await confirmOverride(target, context.signal);
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
function jsonOf({ status, plan, links, conflicts, findings }: ImportResult): unknown {
  const told = conflicts.map(({ object, reason, constraint, columns, inTheWay }) => ({
    object,
    reason,
    constraint,
    columns,
    inTheWay,
  }));
  return { status, plan, links, conflicts: told, findings };
}

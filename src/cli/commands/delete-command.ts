import { existsSync } from 'node:fs';
import type { CommandModule } from 'yargs';
import { isStandardOutput } from '../../archive/output-place.js';
import { UsageError } from '../../errors/portolan-error.js';
import type { DeleteOptions, DeleteResult } from '../../delete/delete-options.js';
import { isUrl } from '../../store/object-place.js';
import { bucketOption, inBucket } from '../bucket-option.js';
import type { SelectionArguments } from '../export-arguments.js';
import { selectionOptions, wholeNumber, withSelectionOptions } from '../export-arguments.js';
import { numberOption, valueOption, withSharedOptions } from '../shared-options.js';

interface DeleteArguments extends SelectionArguments {
  readonly output: string | undefined;
  readonly bucket: string | undefined;
  readonly force: boolean;
  readonly jobs: number | undefined;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly acceptLoss: boolean;
  readonly plan: string | undefined;
  readonly applyPlan: string | undefined;
  readonly journal: string | undefined;
  readonly receipt: string | undefined;
  readonly noArchive: boolean;
}

/** `portolan delete`, `deleteobjects`. */
export function deleteCommand(name: string): CommandModule<object, DeleteArguments> {
  return {
    command: `${name} <objects...>`,
    describe: 'delete what an archive holds, in one transaction; or export objects, and delete them then',
    builder: (yargs) =>
      withSelectionOptions(withSharedOptions(yargs))
        .positional('objects', {
          array: true,
          type: 'string',
          describe: 'the archive; or with -o what is exported first: app.Model.key · Model.key · app.Model[column=value]',
        })
        .option('output', { alias: 'o', ...valueOption('ARCHIVE', 'export the objects there before they are deleted') })
        .option('bucket', bucketOption)
        .option('force', { type: 'boolean', default: false, describe: 'replace an existing archive' })
        .option('jobs', numberOption('parallel readers of the export (default: by size)'))
        .option('dry-run', {
          alias: 'debug',
          type: 'boolean',
          default: false,
          describe: 'the whole path, then a rollback; exits as the real run would',
        })
        .option('yes', {
          alias: 'y',
          type: 'boolean',
          default: false,
          describe: 'consent to deleting, where there is no terminal to ask',
        })
        .option('accept-loss', {
          type: 'boolean',
          default: false,
          describe: 'delete rows although the archive lacks some of their columns',
        })
        .option('plan', valueOption('FILE', 'write the plan there, one decision a line'))
        .option(
          'apply-plan',
          valueOption('FILE', 'execute exactly the plan that --plan wrote there, or refuse where anything has changed'),
        )
        .option('journal', valueOption('FILE', 'write there what portolan undo needs to take it back'))
        .option('receipt', valueOption('FILE', 'write there what was deleted and kept: counts and hashes, no values'))
        .option('no-archive', {
          type: 'boolean',
          default: false,
          describe: 'keep nothing of the objects but the receipt, which names none',
        })
        .example('$0 auth.User.7 -o user.json --dry-run', 'what would go, lose a reference, or stay, and why') as never,
    handler: async (given) => {
      const args = inBucket(given, given.output === undefined && !given.noArchive ? ['objects'] : ['output']);
      const { summarizeDeletion } = await import('../summarize-deletion.js');
      const { checkFiles } = await import('../check-files.js');
      const { runCommand, libraryOptions } = await import('../run-command.js');
      const { confirm, requireTerminal } = await import('../confirm.js');
      await runCommand(args, async (context) => {
        const named = namedBy(args);
        checkFiles({ ...args, archive: named.archive });
        const { dryRun, acceptLoss, plan, applyPlan, journal, receipt, noArchive } = args;
        const { deleteObjects, refuseContradictions } = await import('../../delete/delete-objects.js');
        refuseContradictions({ ...named, dryRun, applyPlan, journal, receipt, noArchive });
        const asks = !dryRun && !args.yes;
        if (asks) requireTerminal('deleting rows wants a consent');
        const use = named.archive === undefined ? { exports: true, objects: args.objects } : {};
        const { dataSource, policy, rowPolicy, profile } = await context.open(use);
        let where = '';
        const result = await deleteObjects(dataSource, {
          ...libraryOptions(context),
          ...{
            ...named,
            dryRun,
            acceptLoss,
            plan,
            applyPlan,
            journal,
            receipt,
            noArchive,
            policy,
            rowPolicy,
            profile,
            strict: args.strict,
          },
          onTarget: ({ host, database, user }) => {
            where = `database ${database} on ${host}`;
            context.say(`${dryRun ? 'planning for' : 'deleting from'} ${where} as ${user}`);
          },
          onPlan: async (decided) => {
            if (!asks) return;
            context.say(
              await summarizeDeletion({ status: 'asked', plan: decided, findings: context.findings.all }, args.verbose),
            );
            await confirm(`That will be deleted from ${where}. Go on?`, 'nothing was deleted', context.signal);
          },
        });
        context.say(await summarizeDeletion({ ...result, receipt, journal }, args.verbose));
        return { exitCode: 0, json: jsonOf(result) };
      });
    },
  };
}

/** An archive, or what is exported to one. */
function namedBy(args: DeleteArguments): DeleteOptions {
  const { objects, output, noArchive, force } = args;
  const jobs = wholeNumber('--jobs', args.jobs, 1);
  if (output !== undefined || noArchive) return { ...selectionOptions(args), output, force, jobs };
  const [archive, ...others] = objects;
  if (others.length > 0) {
    throw new UsageError('NO_OUTPUT', 'no archive is named that will hold what is deleted', {
      hint: 'Add -o ARCHIVE; or --no-archive --receipt FILE, which keeps nothing. Of archives one is taken at a time.',
    });
  }
  if (archive !== undefined && archive !== '' && !isUrl(archive) && !isStandardOutput(archive) && !existsSync(archive)) {
    throw new UsageError('ARCHIVE_NOT_FOUND', `${archive}: there is no such archive`, {
      hint: 'Check the name. Objects are deleted by name where -o ARCHIVE says what will hold them, or --no-archive --receipt FILE that nothing will.',
    });
  }
  return { archive, boundary: args.boundary, exclude: args.exclude };
}

/** The document that README describes. */
function jsonOf({ status, archive, sha256, plan, receiptKey, findings }: DeleteResult): unknown {
  const { kept, keptCount, links, nullified, reasons, seedsKept, ...decisions } = plan;
  return {
    ...{ status, archive: archive ?? null, sha256: sha256 ?? null, plan: decisions, links, nullified, reasons },
    ...{ kept, keptCount, seedsKept, receiptKey: receiptKey ?? null, findings },
  };
}

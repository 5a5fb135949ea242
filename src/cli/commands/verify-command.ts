import type { CommandModule } from 'yargs';
import { outputLayout } from '../../archive/output-layout.js';
import { isStandardOutput, outputPlace } from '../../archive/output-place.js';
import type { VerifiedArchive } from '../../archive/verify-archive.js';
import type { DiffResult } from '../../compare/diff-options.js';
import { UsageError } from '../../errors/portolan-error.js';
import { bucketOption, inBucket } from '../bucket-option.js';
import type { CommandContext } from '../run-command.js';
import type { SharedArguments } from '../shared-options.js';
import { listOption, valueOption, withSharedOptions } from '../shared-options.js';
import { editedArchive } from '../../findings/edited-archive.js';

interface VerifyArguments extends SharedArguments {
  readonly archive: string;
  readonly reseal: boolean;
  readonly bucket: string | undefined;
  readonly output: string | undefined;
  readonly summary: boolean;
  readonly against: boolean;
  readonly withIdMap: readonly string[] | undefined;
}

async function verified(path: string, { signal }: CommandContext): Promise<VerifiedArchive> {
  const { verifyArchive } = await import('../../archive/verify-archive.js');
  return verifyArchive(path, { signal });
}

async function hashOf(path: string, { signal }: CommandContext): Promise<string> {
  const { graphHash } = await import('../../compare/graph-hash.js');
  return graphHash(path, { signal });
}

/** What was sealed is read back, where that can be done: a pipe or a device holds nothing. */
async function sealed({ archive, output = archive }: VerifyArguments, context: CommandContext): Promise<VerifiedArchive> {
  const { resealArchive } = await import('../../archive/reseal-archive.js');
  const result = await resealArchive(archive, output, { signal: context.signal });
  context.say(`sealed: ${String(result.objects)} objects`);
  return (await holdsWhatWasWritten(output)) ? verified(output, context) : result;
}

async function holdsWhatWasWritten(output: string): Promise<boolean> {
  if (isStandardOutput(output)) return false;
  if ((await outputLayout(output)).layout === 'folder') return true;
  const { kind } = await outputPlace(output);
  return kind === 'file' || kind === 'object';
}

/** Compares with the database, and says in what it differs. */
async function compared(args: VerifyArguments, context: CommandContext): Promise<DiffResult> {
  const { closingLine, summarizeDifferences } = await import('../summarize-differences.js');
  const { print } = await import('../print.js');
  const { libraryOptions } = await import('../run-command.js');
  const { archive, withIdMap: idMap, verbose, strict } = args;
  const { dataSource, policy } = await context.open();
  const { diffDatabase } = await import('../../compare/diff-database.js');
  const result = await diffDatabase(dataSource, {
    ...{ ...libraryOptions(context), archive, idMap, verbose, strict, policy },
    onTarget: ({ host, database, user }) => {
      context.say(`comparing with database ${database} on ${host} as ${user}`);
    },
  });
  if (result.status === 'different' && !args.json)
    await print(`${await summarizeDifferences(result, [archive, 'the database'])}\n`);
  context.say(closingLine(result));
  return result;
}

/** Under which of the policy's approvals the archive was made, where somebody asks that. */
async function heldAgainst(
  header: VerifiedArchive['header'],
  { summary, policy, archive, strict }: VerifyArguments,
  context: CommandContext,
): Promise<readonly string[]> {
  if (!summary || policy === undefined) return [];
  const { toldApprovals } = await import('../told-approvals.js');
  const { refuseWarnings } = await import('../../findings/refuse-warnings.js');
  const told = await toldApprovals(header, policy, archive, context.findings);
  refuseWarnings({ strict }, context.findings);
  for (const { on, reason } of context.findings.warnings) context.say(`warning: ${on}: ${reason}`);
  return told;
}

/** @throws UsageError OPTION_VALUE */
function refuseContradictions(args: VerifyArguments): void {
  if (args.output !== undefined && !args.reseal) throw new UsageError('OPTION_VALUE', '-o goes with --reseal');
  if (args.withIdMap !== undefined && !args.against) throw new UsageError('OPTION_VALUE', '--with-id-map goes with --against');
  if (args.against && args.reseal) throw new UsageError('OPTION_VALUE', '--against goes without --reseal');
}

/** `portolan verify`. */
export const verifyCommand: CommandModule<object, VerifyArguments> = {
  command: 'verify <archive>',
  describe: 'prove that an archive is whole and closed, or seal an edited one again',
  builder: (yargs) =>
    withSharedOptions(yargs.positional('archive', { type: 'string', describe: 'the archive' }))
      .option('reseal', {
        type: 'boolean',
        default: false,
        describe: 'sort, recount, prove closed, mark as edited, and write it again',
      })
      .option('bucket', bucketOption)
      .option('output', { alias: 'o', ...valueOption('PATH', 'with --reseal: write there instead') })
      .option('summary', {
        type: 'boolean',
        default: false,
        describe: 'one page: what is in it, what was withheld, who was left out',
      })
      .option('against', {
        type: 'boolean',
        default: false,
        describe: 'compare it with the database of the data source: exit code 4 where that lacks something',
      })
      .option('with-id-map', {
        alias: 'id-map',
        ...listOption('FILE', 'with --against: which object is which, as the import wrote it'),
      })
      .example('$0 book.json --against --url postgres://…', 'whether all of it is there, and unchanged')
      .example('$0 book.json --reseal', 'after you have edited the archive') as never,
  handler: async (given) => {
    const args = inBucket(given, ['archive', 'output']);
    const { print } = await import('../print.js');
    const { runCommand } = await import('../run-command.js');
    // Its other name is that of a file which an import writes: here it is read.
    await runCommand({ ...args, idMap: undefined } as VerifyArguments, async (context) => {
      refuseContradictions(args);
      const { header, trailer, bytes } = await (args.reseal ? sealed(args, context) : verified(args.archive, context));
      const graph = args.summary && !args.reseal ? await hashOf(args.archive, context) : undefined;
      const { modelFingerprints, schemaFingerprint } = await import('../../convert/fingerprint.js');
      const fingerprints = modelFingerprints(header.entities);
      const { summarizeContent } = await import('../../archive/summarize-content.js');
      const summary = args.summary ? summarizeContent(header, trailer, bytes) : undefined;
      const told = await heldAgainst(header, args, context);
      if (summary !== undefined && !args.json) {
        const { contentPage } = await import('../summarize-content.js');
        await print(
          `${await contentPage(summary, {
            ...{ graph, told, columns: process.stdout.columns },
            fingerprints: { models: fingerprints, schema: schemaFingerprint(header.entities) },
          })}\n`,
        );
      }
      if (header.edited === true && !args.reseal) context.say(`note: ${args.archive}: ${editedArchive}`);
      context.say(`whole and closed: ${String(trailer.total)} objects`);
      const against = args.against ? await compared(args, context) : undefined;
      return {
        exitCode: against?.status === 'different' ? 4 : 0,
        json: {
          ...{ status: 'done', ...trailer, edited: header.edited ?? false, fingerprints, findings: context.findings.all },
          ...(summary === undefined ? {} : { summary }),
          ...(graph === undefined ? {} : { graph }),
          ...(against === undefined ? {} : { against: { ...against, findings: undefined } }),
        },
      };
    });
  },
};

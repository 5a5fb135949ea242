import type { CommandModule } from 'yargs';
import { isStandardOutput } from '../../archive/output-place.js';
import type { DiffResult } from '../../compare/diff-options.js';
import { bucketOption, inBucket } from '../bucket-option.js';
import type { CommandContext } from '../run-command.js';
import type { SharedArguments } from '../shared-options.js';
import { listOption, valueOption, withSharedOptions } from '../shared-options.js';

interface DiffArguments extends SharedArguments {
  readonly a: string;
  readonly b: string | undefined;
  readonly bucket: string | undefined;
  readonly withIdMap: readonly string[] | undefined;
  readonly plan: string | undefined;
}

/** `portolan diff`. */
export const diffCommand: CommandModule<object, DiffArguments> = {
  command: 'diff <a> [b]',
  describe: 'tell in what two archives differ, or an archive and the database: exit code 4 where they do',
  builder: (yargs) =>
    withSharedOptions(
      yargs
        .positional('a', { type: 'string', describe: 'the archive' })
        .positional('b', { type: 'string', describe: 'the other one; without it, the database of the data source' }),
    )
      .option('bucket', bucketOption)
      .option('with-id-map', {
        alias: 'id-map',
        ...listOption('FILE', 'which object is which, as an import of the first archive wrote it'),
      })
      .option('plan', valueOption('FILE', 'write every difference there, one a line'))
      .example('$0 monday.json friday.json', 'what came, went and changed between two exports')
      .example('$0 book.json --url postgres://…', 'whether the database still has what was exported') as never,
  handler: async (given) => {
    const args = inBucket(given, ['a', 'b']);
    const { closingLine, summarizeDifferences } = await import('../summarize-differences.js');
    const { findingLines } = await import('../summaries.js');
    const { print } = await import('../print.js');
    const { runCommand } = await import('../run-command.js');
    // Its other name is that of a file which an import writes: here it is read.
    await runCommand({ ...args, idMap: undefined } as DiffArguments, async (context) => {
      const { b = 'the database', plan, verbose } = args;
      const result = await compared(args, context);
      if (!args.json) {
        const text = await summarizeDifferences(result, [args.a, b]);
        if (plan !== undefined && isStandardOutput(plan)) context.say(text);
        else await print(`${text}\n`);
      }
      context.say([...findingLines(result.findings, verbose), closingLine(result)].join('\n'));
      return { exitCode: result.status === 'same' ? 0 : 4, json: result };
    });
  },
};

async function compared(args: DiffArguments, context: CommandContext): Promise<DiffResult> {
  const { libraryOptions } = await import('../run-command.js');
  const { a, b, withIdMap: idMap, plan, verbose, strict } = args;
  const { onQuery, ...shared } = libraryOptions(context);
  const options = { ...shared, idMap, plan, verbose, strict };
  if (b !== undefined) {
    const { diffArchives } = await import('../../compare/diff-archives.js');
    return diffArchives({ ...options, a, b });
  }
  const { dataSource, policy } = await context.open();
  const { diffDatabase } = await import('../../compare/diff-database.js');
  return diffDatabase(dataSource, {
    ...{ ...options, onQuery, policy, archive: a },
    onTarget: ({ host, database, user }) => {
      context.say(`comparing with database ${database} on ${host} as ${user}`);
    },
  });
}

import type { CommandModule } from 'yargs';
import type { MergeResult } from '../../compare/merge-options.js';
import { bucketOption, inBucket } from '../bucket-option.js';
import type { SharedArguments } from '../shared-options.js';
import { valueOption, withSharedOptions } from '../shared-options.js';

interface MergeArguments extends SharedArguments {
  readonly archives: readonly string[];
  readonly output: string;
  readonly bucket: string | undefined;
  readonly force: boolean;
  readonly reproducible: boolean;
}

/** `portolan merge`. */
export const mergeCommand: CommandModule<object, MergeArguments> = {
  command: 'merge <archives...>',
  describe: 'make one archive of several: every object once, with the links of all; two versions of one refuse',
  builder: (yargs) =>
    withSharedOptions(
      yargs.positional('archives', { array: true, type: 'string', describe: 'the archives, of one source and schema' }),
    )
      .option('output', {
        alias: 'o',
        default: '-',
        ...valueOption('PATH', 'file, or - for standard output; .jsonl, .gz, .br, .zst by extension'),
      })
      .option('bucket', bucketOption)
      .option('force', { type: 'boolean', default: false, describe: 'replace an existing file' })
      .option('reproducible', {
        type: 'boolean',
        default: false,
        describe: 'same archives, same bytes: leave out date and version',
      })
      .example('$0 north.json south.json -o both.json', 'two customers, to be imported in one transaction') as never,
  handler: async (given) => {
    const args = inBucket(given, ['archives', 'output']);
    const { summarizeConflicts, summarizeMerge } = await import('../summarize-merge.js');
    const { runCommand, libraryOptions } = await import('../run-command.js');
    await runCommand(args, async (context) => {
      const { mergeArchives } = await import('../../compare/merge-archives.js');
      const { archives, output, force, reproducible, verbose, strict } = args;
      const { findings, signal, onProgress } = libraryOptions(context);
      const result = await mergeArchives({
        ...{ archives, output, force, reproducible, verbose, strict },
        ...{ findings, signal, onProgress },
      });
      context.say(await summarizeMerge(result, verbose));
      const isRefused = result.status === 'refused';
      if (isRefused && args.quiet) process.stderr.write(`${summarizeConflicts(result)}\n`);
      return { exitCode: isRefused ? 3 : 0, json: jsonOf(result) };
    });
  },
};

/** Every member is always there. */
function jsonOf({ output, ...result }: MergeResult): unknown {
  return { ...result, output: output ?? null };
}

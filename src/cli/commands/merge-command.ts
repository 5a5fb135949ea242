import type { CommandModule } from 'yargs';
import type { MergeResult } from '../../compare/merge-options.js';
import type { SourceRule } from '../../terms.js';
import { sourceRules } from '../../terms.js';
import type { Policy } from '../../policy/policy.js';
import { bucketOption, inBucket } from '../bucket-option.js';
import type { SharedArguments } from '../shared-options.js';
import { choiceOption, valueOption, withSharedOptions } from '../shared-options.js';

interface MergeArguments extends SharedArguments {
  readonly archives: readonly string[];
  readonly output: string;
  readonly bucket: string | undefined;
  readonly sources: SourceRule | undefined;
  readonly idMap: string | undefined;
  readonly force: boolean;
  readonly reproducible: boolean;
}

/** `portolan merge`. */
export const mergeCommand: CommandModule<object, MergeArguments> = {
  command: 'merge <archives...>',
  describe:
    'make one archive of several: every object once, with the links of all; of different databases by natural key, with new keys where they are taken',
  builder: (yargs) =>
    withSharedOptions(
      yargs.positional('archives', {
        array: true,
        type: 'string',
        describe: 'the archives, of one schema; the first keeps its keys',
      }),
    )
      .option('output', {
        alias: 'o',
        default: '-',
        ...valueOption('PATH', 'file, or - for standard output; .jsonl, .gz, .br, .zst by extension'),
      })
      .option('bucket', bucketOption)
      .option(
        'sources',
        choiceOption(sourceRules, 'whether they come from one database, or each from another (default: as they tell)'),
      )
      .option('id-map', valueOption('FILE', 'write what became of each object: from, to, decision; one JSON line each'))
      .option('force', { type: 'boolean', default: false, describe: 'replace an existing file' })
      .option('reproducible', {
        type: 'boolean',
        default: false,
        describe: 'same archives, same bytes: leave out date and version',
      })
      .example('$0 north.json south.json -o both.json', 'two customers, to be imported in one transaction')
      .example('$0 main.json branch.json -o one.json --policy merge.policy.ts', 'two installations become one') as never,
  handler: async (given) => {
    const args = inBucket(given, ['archives', 'output']);
    const { summarizeConflicts, summarizeMerge } = await import('../summarize-merge.js');
    const { runCommand, libraryOptions } = await import('../run-command.js');
    await runCommand(args, async (context) => {
      const { mergeArchives } = await import('../../compare/merge-archives.js');
      const { archives, output, sources, idMap, force, reproducible, verbose, strict } = args;
      const { findings, signal, onProgress } = libraryOptions(context);
      const result = await mergeArchives({
        ...{ archives, output, sources, idMap, force, reproducible, verbose, strict },
        policy: await namedPolicy(args.policy),
        ...{ findings, signal, onProgress },
      });
      context.say(await summarizeMerge(result, verbose));
      const isRefused = result.status === 'refused';
      if (isRefused && args.quiet) process.stderr.write(`${summarizeConflicts(result)}\n`);
      return { exitCode: isRefused ? 3 : 0, json: jsonOf(result) };
    });
  },
};

/** There is no data source beside which another could lie. */
async function namedPolicy(file: string | undefined): Promise<Policy | undefined> {
  if (file === undefined) return undefined;
  const { loadPolicyFile } = await import('../../source/load-policy-file.js');
  const { parsePolicy } = await import('../../policy/parse-policy.js');
  const loaded = await loadPolicyFile(file, '');
  return loaded === undefined ? undefined : parsePolicy(loaded.policy, loaded.file);
}

/** Every member is always there. */
function jsonOf({ output, ...result }: MergeResult): unknown {
  return { ...result, output: output ?? null };
}

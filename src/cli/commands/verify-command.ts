import type { CommandModule } from 'yargs';
import { isStandardOutput, outputPlace } from '../../archive/output-place.js';
import type { VerifiedArchive } from '../../archive/verify-archive.js';
import { UsageError } from '../../errors/portolan-error.js';
import { bucketOption, inBucket } from '../bucket-option.js';
import type { CommandContext } from '../run-command.js';
import type { SharedArguments } from '../shared-options.js';
import { valueOption, withSharedOptions } from '../shared-options.js';

interface VerifyArguments extends SharedArguments {
  readonly archive: string;
  readonly reseal: boolean;
  readonly bucket: string | undefined;
  readonly output: string | undefined;
  readonly summary: boolean;
}

async function verified(path: string, { signal }: CommandContext): Promise<VerifiedArchive> {
  const { verifyArchive } = await import('../../archive/verify-archive.js');
  return verifyArchive(path, { signal });
}

/** What was sealed is read back, where that can be done: a pipe or a device holds nothing. */
async function sealed({ archive, output = archive }: VerifyArguments, context: CommandContext): Promise<VerifiedArchive> {
  const { resealArchive } = await import('../../archive/reseal-archive.js');
  const result = await resealArchive(archive, output, { signal: context.signal });
  context.say(`sealed: ${String(result.objects)} objects`);
  return (await canBeReadBack(output)) ? verified(output, context) : result;
}

async function canBeReadBack(output: string): Promise<boolean> {
  if (isStandardOutput(output)) return false;
  const { kind } = await outputPlace(output);
  return kind === 'file' || kind === 'object';
}

function externalLines(external: VerifiedArchive['trailer']['external']): readonly string[] {
  const counts = new Map<string, number>();
  for (const { model } of external) counts.set(model, (counts.get(model) ?? 0) + 1);
  return [...counts].map(([model, count]) => `stayed at home, known by key and natural key: ${String(count)} of ${model}`);
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
      .option('output', { alias: 'o', ...valueOption('FILE', 'with --reseal: write there instead') })
      .option('summary', {
        type: 'boolean',
        default: false,
        describe: 'one page: what is in it, what was withheld, who was left out',
      })
      .example('$0 book.json --reseal', 'after you have edited the archive') as never,
  handler: async (given) => {
    const args = inBucket(given, ['archive', 'output']);
    const { table } = await import('../table.js');
    const { print } = await import('../print.js');
    const { runCommand } = await import('../run-command.js');
    await runCommand(args, async (context) => {
      if (args.output !== undefined && !args.reseal) throw new UsageError('OPTION_VALUE', '-o goes with --reseal');
      const { header, trailer } = await (args.reseal ? sealed(args, context) : verified(args.archive, context));
      if (args.summary && !args.json) {
        const facts = {
          seeds: header.seeds,
          follow: [header.follow],
          withheld: Object.keys(header.withheld),
          'secrets included': header.includedSecrets,
        };
        const lines = [
          await table(['model', 'objects'], Object.entries(trailer.objects)),
          ...Object.entries(facts).map(([name, values]) => `${name}: ${values.length === 0 ? 'none' : values.join(', ')}`),
          ...externalLines(trailer.external),
          ...trailer.leftOut.map(({ model, rule, count }) => `left out by ${rule}: ${String(count)} of ${model}`),
          `edited: ${header.edited === true ? 'yes' : 'no'}`,
          `sha256 of the content: ${trailer.sha256}`,
        ];
        await print(`${lines.join('\n')}\n`);
      }
      context.say(`whole and closed: ${String(trailer.total)} objects`);
      return {
        exitCode: 0,
        json: { status: 'done', ...trailer, edited: header.edited ?? false, findings: context.findings.all },
      };
    });
  },
};

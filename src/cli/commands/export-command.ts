import type { CommandModule } from 'yargs';
import type { ExportResult } from '../../export/export-options.js';
import { bucketOption, inBucket } from '../bucket-option.js';
import type { ProfileWords } from '../../profiles/profile.js';
import { ownFormat } from '../../terms.js';
import type { SelectionArguments } from '../export-arguments.js';
import { noProfile, profileValues, withProfileOptions } from '../profile-options.js';
import { selectionOptions, wholeNumber, withSelectionOptions } from '../export-arguments.js';
import type { FilesArgument } from '../files-option.js';
import { fileSource, withFilesOption } from '../files-option.js';
import { choiceOption, numberOption, valueOption, withSharedOptions } from '../shared-options.js';

interface ExportArguments extends SelectionArguments {
  readonly output: string;
  readonly bucket: string | undefined;
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly format: string;
  readonly reproducible: boolean;
  readonly jobs: number | undefined;
  readonly files: FilesArgument;
}

/** `portolan export`, `exportobjects`, with the options of the profile that the words choose. */
export function exportCommand(name: string, ofProfile: ProfileWords = noProfile): CommandModule<object, ExportArguments> {
  return {
    command: `${name} <objects...>`,
    describe: 'export objects with everything that belongs to them and everything those rows need',
    builder: (yargs) =>
      withProfileOptions(withFilesOption(withSelectionOptions(withSharedOptions(yargs))), ofProfile)
        .option('output', {
          alias: 'o',
          default: '-',
          ...valueOption('PATH', 'file, folder/ or .tar, or - for standard output; .jsonl, .gz, .br, .zst by extension'),
        })
        .option('bucket', bucketOption)
        .option('force', { type: 'boolean', default: false, describe: 'replace an existing archive' })
        .option('dry-run', {
          alias: 'debug',
          type: 'boolean',
          default: false,
          describe: 'resolve everything, write no file, print the counts',
        })
        .option('format', { default: ownFormat, ...choiceOption([ownFormat, ...ofProfile.formats], 'layout of the archive') })
        .option('reproducible', {
          type: 'boolean',
          default: false,
          describe: 'same rows, same bytes: leave out date and version',
        })
        .option('jobs', numberOption('parallel readers on one snapshot (default: by size)'))
        .example('$0 demoapp.Book.4 -o book.json', 'one book, its copies, and all they need') as never,
    handler: async (given) => {
      const args = inBucket(given, ['output']);
      const { runCommand, libraryOptions } = await import('../run-command.js');
      await runCommand(args, async (context) => {
        const selection = selectionOptions(args);
        const jobs = wholeNumber('--jobs', args.jobs, 1);
        const values = profileValues(args, ofProfile);
        const { dataSource, policy, rowPolicy, filesOf, profile, layouts } = await context.open({
          exports: true,
          objects: args.objects,
          values,
        });
        const { exportObjects } = await import('../../export/export-objects.js');
        const { output, force, dryRun, reproducible } = args;
        const result = await exportObjects(dataSource, {
          ...selection,
          ...libraryOptions(context),
          policy,
          rowPolicy,
          output,
          profile,
          layout: args.format === ownFormat ? undefined : layouts?.[args.format]?.(values),
          force,
          dryRun,
          reproducible,
          jobs,
          filesOf,
          files: await fileSource(args.files),
          noFiles: args.files === false,
        });
        if (!args.quiet) {
          const { summarizeExport } = await import('../summaries.js');
          context.say(await summarizeExport(result, args.verbose));
        }
        return { exitCode: 0, json: jsonOf(result) };
      });
    },
  };
}

/** The document that cli.md promises. */
function jsonOf(result: ExportResult): unknown {
  const { status, output, objects, links, total, bytes, files, sha256, withheld, findings } = result;
  return { status, output: output ?? null, objects, links, total, bytes, files, sha256, withheld, findings };
}

import type { CommandModule } from 'yargs';
import type { SelectionArguments } from '../export-arguments.js';
import type { ProfileWords } from '../../profiles/profile.js';
import { noProfile, profileValues, withProfileOptions } from '../profile-options.js';
import { selectionOptions, withSelectionOptions } from '../export-arguments.js';
import { valueOption, withSharedOptions } from '../shared-options.js';

interface ExplainArguments extends SelectionArguments {
  readonly why: string | undefined;
}

/** `portolan explain`, with the options of the profile that the words choose. */
export function explainCommand(ofProfile: ProfileWords = noProfile): CommandModule<object, ExplainArguments> {
  return {
    command: 'explain <objects...>',
    describe: 'tell what an export would take, and what brings it, without its data',
    builder: (yargs) =>
      withProfileOptions(withSelectionOptions(withSharedOptions(yargs)), ofProfile)
        .option('why', valueOption('OBJECT', 'the shortest path from a seed to this object'))
        .example('$0 demoapp.Book.4 --why auth.User.7', 'how a reader got into the export of a book'),
    handler: async (args) => {
      const { summarizeExplanation } = await import('../summarize-explanation.js');
      const { print } = await import('../print.js');
      const { runCommand, libraryOptions } = await import('../run-command.js');
      await runCommand(args, async (context) => {
        const selection = selectionOptions(args);
        const { dataSource, policy, rowPolicy, profile } = await context.open({
          exports: true,
          objects: args.objects,
          values: profileValues(args, ofProfile),
        });
        const { explainObjects } = await import('../../export/explain-objects.js');
        const explanation = await explainObjects(dataSource, {
          ...selection,
          ...libraryOptions(context),
          policy,
          rowPolicy,
          profile,
          why: args.why,
        });
        if (!args.json) await print(`${await summarizeExplanation(explanation, args.verbose)}\n`);
        return { exitCode: 0, json: { status: 'done', ...explanation } };
      });
    },
  };
}

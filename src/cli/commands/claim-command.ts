import type { CommandModule } from 'yargs';
import type { SharedArguments } from '../shared-options.js';
import { valueOption, withSharedOptions } from '../shared-options.js';

interface ClaimArguments extends SharedArguments {
  readonly placeholder: string;
  readonly object: string;
  readonly withIdMap: string;
  readonly dryRun: boolean;
  readonly journal: string | undefined;
  readonly plan: string | undefined;
  readonly applyPlan: string | undefined;
}

/** `portolan claim`. */
export const claimCommand: CommandModule<object, ClaimArguments> = {
  command: 'claim <placeholder> <object>',
  describe: 'let a row take the place of a placeholder: all that refers to it refers to that row, and it goes',
  builder: (yargs) =>
    withSharedOptions(
      yargs
        .positional('placeholder', { type: 'string', describe: 'what an import brought for an object that stayed at home' })
        .positional('object', { type: 'string', describe: 'the row that it turns out to be' }),
    )
      .option('with-id-map', {
        alias: 'id-map',
        ...valueOption('FILE', 'the map that the import wrote: it says which rows are placeholders'),
        demandOption: true,
      })
      .option('dry-run', {
        alias: 'debug',
        type: 'boolean',
        default: false,
        describe: 'the whole path, then a rollback; exits as the real run would',
      })
      .option('journal', valueOption('FILE', 'write there what portolan undo needs to take it back'))
      .option('plan', valueOption('FILE', 'write the plan there, one decision a line'))
      .option(
        'apply-plan',
        valueOption('FILE', 'execute exactly the plan that --plan wrote there, or refuse where anything has changed'),
      )
      .example(
        "$0 auth.User.41 'auth.User[username=ada]' --id-map ids.jsonl",
        'the placeholder 41 is Ada, who has an account there by now',
      ) as never,
  handler: async (args) => {
    const { runCommand, libraryOptions } = await import('../run-command.js');
    // Its other name is that of a file which an import writes: here it is read.
    await runCommand({ ...args, idMap: undefined } as ClaimArguments, async (context) => {
      const { placeholder, object, withIdMap: idMap, dryRun, journal, plan, applyPlan, strict, verbose } = args;
      const { dataSource, policy } = await context.open();
      const { claimPlaceholder } = await import('../../claim/claim-placeholder.js');
      const { onQuery, signal, findings: found } = libraryOptions(context);
      const result = await claimPlaceholder(dataSource, {
        ...{ onQuery, signal, findings: found },
        ...{ placeholder, object, idMap, dryRun, journal, plan, applyPlan, verbose, strict, policy },
        onTarget: ({ host, database, user }) => {
          context.say(`${dryRun ? 'planning for' : 'writing to'} database ${database} on ${host} as ${user}`);
        },
      });
      const { summarizeClaim } = await import('../summarize-claim.js');
      context.say(await summarizeClaim(result, verbose));
      const { status, moved, stayed, linksInCommon, findings } = result;
      return {
        exitCode: 0,
        json: { status, placeholder: result.placeholder, object: result.object, moved, stayed, linksInCommon, findings },
      };
    });
  },
};

import type { CommandModule } from 'yargs';
import type { SharedArguments } from '../shared-options.js';
import { valueOption, withSharedOptions } from '../shared-options.js';

interface UndoArguments extends SharedArguments {
  readonly journal: string;
  readonly dryRun: boolean;
  readonly plan: string | undefined;
  readonly applyPlan: string | undefined;
}

/** `portolan undo`. */
export const undoCommand: CommandModule<object, UndoArguments> = {
  command: 'undo <journal>',
  describe: 'take back what an import, a deletion or a claim did, by its journal, in one transaction',
  builder: (yargs) =>
    withSharedOptions(yargs.positional('journal', { type: 'string', describe: 'what --journal wrote' }))
      .option('dry-run', {
        alias: 'debug',
        type: 'boolean',
        default: false,
        describe: 'the whole path, then a rollback; exits as the real run would',
      })
      .option('plan', valueOption('FILE', 'write the plan there, one decision a line'))
      .option(
        'apply-plan',
        valueOption('FILE', 'execute exactly the plan that --plan wrote there, or refuse where anything has changed'),
      )
      .example('$0 import.journal --dry-run', 'whether it can be taken back, and what stands against it') as never,
  handler: async (args) => {
    const { summarizeUndo } = await import('../summarize-undo.js');
    const { runCommand, libraryOptions } = await import('../run-command.js');
    // Elsewhere a journal is a file that is written: here it is read.
    await runCommand({ ...args, journal: undefined, takenBack: args.journal } as SharedArguments, async (context) => {
      const { journal, dryRun, plan, applyPlan, strict, verbose } = args;
      const { dataSource, policy } = await context.open();
      const { undoJournal } = await import('../../undo/undo-journal.js');
      const result = await undoJournal(dataSource, {
        ...libraryOptions(context),
        ...{ journal, dryRun, plan, applyPlan, verbose, strict, policy },
        onTarget: ({ host, database, user }) => {
          context.say(`${dryRun ? 'planning for' : 'writing to'} database ${database} on ${host} as ${user}`);
        },
      });
      const isRefused = result.status === 'refused';
      const summary = await summarizeUndo(result, verbose);
      context.say(summary);
      if (isRefused && args.quiet) process.stderr.write(`${summary}\n`);
      const { status, plan: counts, conflicts, conflictCount, findings } = result;
      return { exitCode: isRefused ? 3 : 0, json: { status, plan: counts, conflicts, conflictCount, findings } };
    });
  },
};

import type { CommandModule } from 'yargs';
import type { SharedArguments } from '../shared-options.js';
import { withSharedOptions } from '../shared-options.js';

interface UndoArguments extends SharedArguments {
  readonly journal: string;
  readonly dryRun: boolean;
}

/** `portolan undo`. */
export const undoCommand: CommandModule<object, UndoArguments> = {
  command: 'undo <journal>',
  describe: 'take back what an import or a deletion did, by its journal, in one transaction',
  builder: (yargs) =>
    withSharedOptions(yargs.positional('journal', { type: 'string', describe: 'what --journal wrote' }))
      .option('dry-run', {
        alias: 'debug',
        type: 'boolean',
        default: false,
        describe: 'the whole path, then a rollback; exits as the real run would',
      })
      .example('$0 import.journal --dry-run', 'whether it can be taken back, and what stands against it') as never,
  handler: async (args) => {
    const { summarizeUndo } = await import('../summarize-undo.js');
    const { runCommand, libraryOptions } = await import('../run-command.js');
    await runCommand(args, async (context) => {
      const { journal, dryRun, strict, verbose } = args;
      const { dataSource, policy } = await context.open();
      const { undoJournal } = await import('../../undo/undo-journal.js');
      const result = await undoJournal(dataSource, {
        ...libraryOptions(context),
        ...{ journal, dryRun, strict, policy },
        onTarget: ({ host, database, user }) => {
          context.say(`${dryRun ? 'planning for' : 'writing to'} database ${database} on ${host} as ${user}`);
        },
      });
      const isRefused = result.status === 'refused';
      const summary = await summarizeUndo(result, verbose);
      context.say(summary);
      if (isRefused && args.quiet) process.stderr.write(`${summary}\n`);
      const { status, plan, conflicts, conflictCount, findings } = result;
      return { exitCode: isRefused ? 3 : 0, json: { status, plan, conflicts, conflictCount, findings } };
    });
  },
};

/** A command that the contract of the command line names and this version does not have. */
export interface LaterCommand {
  readonly command: string;
  readonly describe: string;
  /** What to do until there is one. */
  readonly instead: string;
  readonly examples: readonly (readonly [string, string])[];
}

const explain = ['portolan explain demoapp.Book.4', 'what belongs to an object, and would go with it'] as const;

export const laterCommands: readonly LaterCommand[] = Object.freeze([
  {
    command: 'check',
    describe: 'look for what would be exported wrongly',
    instead: 'portolan explain tells what an export takes.',
    examples: [explain],
  },
  {
    command: 'init',
    describe: 'write a first policy',
    instead: 'Write portolan.policy.ts by hand: definePolicy gives it its types.',
    examples: [explain],
  },
]);

/** The first word of a command's usage. */
export function wordOf({ command }: { readonly command: string }): string {
  return command.split(' ')[0] ?? '';
}

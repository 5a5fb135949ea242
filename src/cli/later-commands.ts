/** A command that the contract of the command line names and this version does not have. */
export interface LaterCommand {
  readonly command: string;
  readonly describe: string;
  /** What to do until there is one. */
  readonly instead: string;
  readonly examples: readonly (readonly [string, string])[];
}

const explain = ['portolan explain demoapp.Book.4', 'what belongs to an object, and would go with it'] as const;
const compare = ['importobjects book.json --dry-run', 'what is equal is reported as same, what differs as conflict'] as const;

export const laterCommands: readonly LaterCommand[] = Object.freeze([
  {
    command: 'diff <a> <b>',
    describe: 'compare two archives, or an archive with a database',
    instead: 'importobjects --dry-run compares an archive with a database.',
    examples: [compare],
  },
  {
    command: 'merge <a> <b...> -o <c>',
    describe: 'make one archive of several',
    instead: 'Import the archives one after the other.',
    examples: [['importobjects a.json && importobjects b.json', 'what both hold is imported once']],
  },
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

import type { CommandModule } from 'yargs';
import { deleteCommand } from '../../src/cli/commands/delete-command.js';
import { diffCommand } from '../../src/cli/commands/diff-command.js';
import { explainCommand } from '../../src/cli/commands/explain-command.js';
import { exportCommand } from '../../src/cli/commands/export-command.js';
import { importCommand } from '../../src/cli/commands/import-command.js';
import { mergeCommand } from '../../src/cli/commands/merge-command.js';
import { undoCommand } from '../../src/cli/commands/undo-command.js';
import { verifyCommand } from '../../src/cli/commands/verify-command.js';
import type { Declaration } from '../../src/cli/help.js';
import { declarationOf } from '../../src/cli/help.js';

/** The command line's contract, as lists: what each command of this version takes, and what only later ones do. */
const words = (text: string): readonly string[] => text.split(/\s+/u).filter((word) => word !== '');

/** Of every command; `export-name` is beyond the contract, and needed where a file exports several data sources. */
export const sharedOptions = words(
  '-d --data-source --export-name --url --profile --policy --json --findings --strict -q --quiet -v --verbose -h --help --version',
);

/** `max-memory` is of the issue about the limits. */
const selection = words(
  '-r --root --follow --shared --boundary --exclude --include-secret --max-objects --max-depth --max-memory',
);

export const commandOptions = {
  export: [...selection, ...words('-o --output --bucket --force --dry-run --debug --format --reproducible --jobs --files')],
  import: words(
    '--bucket --dry-run --debug --on-conflict --override --remap --offset -y --yes --plan --apply-plan --id-map --with-id-map --journal --files --bulk-constraints --ignore-nonexistent',
  ),
  delete: [
    ...selection,
    ...words(
      '-o --output --bucket --force --jobs --dry-run --debug -y --yes --accept-loss --plan --apply-plan --journal --receipt --no-archive',
    ),
  ],
  diff: words('--bucket --with-id-map --id-map --plan'),
  merge: words('-o --output --bucket --sources --id-map --force --reproducible'),
  explain: [...selection, '--why'],
  verify: words('--bucket --reseal -o --output --summary --against --with-id-map --id-map'),
  undo: words('--dry-run --debug --plan --apply-plan'),
} as const satisfies Readonly<Record<string, readonly string[]>>;

export const laterOptions = {
  export: [],
  import: [],
  delete: [],
  diff: [],
  merge: [],
  explain: ['--html'],
  verify: [],
  undo: [],
} as const satisfies Readonly<Record<keyof typeof commandOptions, readonly string[]>>;

export const laterCommandNames = words('check init');

export const commands = Object.keys(commandOptions) as readonly (keyof typeof commandOptions)[];

export const declarations: Readonly<Record<keyof typeof commandOptions, Declaration>> = {
  export: declared(exportCommand('export')),
  import: declared(importCommand('import')),
  delete: declared(deleteCommand('delete')),
  diff: declared(diffCommand),
  merge: declared(mergeCommand),
  explain: declared(explainCommand()),
  verify: declared(verifyCommand),
  undo: declared(undoCommand),
};

function declared(command: object): Declaration {
  return declarationOf(command as CommandModule);
}

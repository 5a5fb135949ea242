import type { CommandModule } from 'yargs';
import { explainCommand } from '../../src/cli/commands/explain-command.js';
import { exportCommand } from '../../src/cli/commands/export-command.js';
import { importCommand } from '../../src/cli/commands/import-command.js';
import { verifyCommand } from '../../src/cli/commands/verify-command.js';
import type { Declaration } from '../../src/cli/help.js';
import { declarationOf } from '../../src/cli/help.js';

/** The command line's contract, as lists: what each command of this version takes, and what only later ones do. */
const words = (text: string): readonly string[] => text.split(/\s+/u).filter((word) => word !== '');

/** Of every command; `export-name` is beyond the contract, and needed where a file exports several data sources. */
export const sharedOptions = words(
  '-d --data-source --export-name --url --profile --policy --json --findings --strict -q --quiet -v --verbose -h --help --version',
);

const selection = words('-r --root --follow --shared --boundary --exclude --include-secret --max-objects --max-depth');

export const commandOptions = {
  export: [...selection, ...words('-o --output --bucket --force --dry-run --debug --format --reproducible --jobs')],
  import: words(
    '--bucket --dry-run --debug --on-conflict --override -y --yes --plan --id-map --bulk-constraints --ignore-nonexistent',
  ),
  explain: [...selection, '--why'],
  verify: words('--bucket --reseal -o --output --summary'),
} as const satisfies Readonly<Record<string, readonly string[]>>;

export const laterOptions = {
  export: words('--public-only --consent-message-id --consent-users --users --files --avatar-salt --zulip-parity'),
  import: words('--remap --offset --apply-plan --with-id-map --journal'),
  explain: ['--html'],
  verify: ['--against'],
} as const satisfies Readonly<Record<keyof typeof commandOptions, readonly string[]>>;

export const laterCommandNames = words('delete diff merge check undo init');

export const commands = Object.keys(commandOptions) as readonly (keyof typeof commandOptions)[];

export const declarations: Readonly<Record<keyof typeof commandOptions, Declaration>> = {
  export: declared(exportCommand('export')),
  import: declared(importCommand('import')),
  explain: declared(explainCommand),
  verify: declared(verifyCommand),
};

function declared(command: object): Declaration {
  return declarationOf(command as CommandModule);
}

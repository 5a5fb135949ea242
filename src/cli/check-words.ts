import type { CommandModule } from 'yargs';
import { UsageError } from '../errors/portolan-error.js';
import type { Declaration, DeclaredOption } from './help.js';
import { declarationOf } from './help.js';
import { wordOf } from './later-commands.js';

/**
 * What the parser would take for something else, without a word: `--dry-run=yes` for no dry run, `--no-output` for an output that is
 * called false.
 *
 * @throws UsageError USAGE
 */
export function checkWords(commands: readonly CommandModule[], words: readonly string[]): void {
  const declarations = commands.map(declarationOf);
  const chosen = declarations.length === 1 ? declarations[0] : declarations.find((one) => wordOf(one) === words[0]);
  if (chosen === undefined) return;
  for (const word of words) {
    if (word === '--') return;
    const [, dashes = '', name = '', value] = /^(--?)([^-=][^=]*)(?:=([^]*))?$/u.exec(word) ?? [];
    const option = optionOf(chosen, name);
    if (option?.type === 'boolean' && value !== undefined && value !== 'true' && value !== 'false')
      throw new UsageError('USAGE', `${dashes}${name} takes no value: not ${value}`, {
        hint: `Write ${dashes}${name}, or leave it out.`,
      });
    const denied = optionOf(chosen, name.replace(/^no-/u, ''));
    const isDenied = option === undefined && denied !== undefined && denied.type !== 'boolean' && denied.deniable !== true;
    if (dashes === '--' && isDenied)
      throw new UsageError('USAGE', `there is no option --${name}`, { hint: `Leave --${name.slice(3)} out.` });
  }
}

/** What stands after `--` is never an option; the parser would not hand it to the command. One that looks like an option stays there. */
export function withoutSeparator(words: readonly string[]): readonly string[] {
  const at = words.indexOf('--');
  const rest = words.slice(at + 1);
  return at < 0 || rest.some((word) => word.startsWith('-')) ? words : [...words.slice(0, at), ...rest];
}

function optionOf({ options }: Declaration, name: string): DeclaredOption | undefined {
  return options.get(name) ?? [...options.values()].find(({ alias = [] }) => [alias].flat().includes(name));
}

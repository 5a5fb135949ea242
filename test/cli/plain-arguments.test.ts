import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import type { CommandModule } from 'yargs';
import { claimCommand } from '../../src/cli/commands/claim-command.js';
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
import { wordOf } from '../../src/cli/later-commands.js';
import { parserOf } from '../../src/cli/parser-of.js';
import { plainArguments } from '../../src/cli/plain-arguments.js';
import { zulipOptions } from '../../src/profiles/zulip/options.js';
import { run } from '../support/run.js';
import { usualSeed } from '../support/usual-seed.js';

const commands = [
  exportCommand('export', { options: zulipOptions, formats: ['zulip'] }),
  importCommand('import'),
  deleteCommand('delete'),
  ...[diffCommand, mergeCommand, explainCommand(), verifyCommand, undoCommand, claimCommand],
] as unknown as readonly CommandModule[];

const odd = [
  '',
  '-',
  '--',
  '-1',
  '007',
  '1e3',
  '1.5',
  'true',
  'false',
  '"a"',
  "'a'",
  'a b',
  'a,b',
  ',',
  'a=1,b=2',
  'a[b=c]',
  '-x',
  '--x',
];

/** Words as somebody could write them who knows the options, and some that nobody should. */
function someWords({ options, command }: Declaration): fc.Arbitrary<readonly string[]> {
  const word = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('book.json', 'demoapp.Book.4', '12', 'out/') },
    fc.constantFrom(...odd),
  );
  const option = fc.constantFrom(...options).chain(([name, { alias = [], type, choices = [] }]) => {
    const dashed = fc
      .constantFrom(name, ...[alias].flat())
      .chain((one) => fc.constantFrom(one.length === 1 ? `-${one}` : `--${one}`, `--no-${one}`, `--${one}`));
    const usual = fc.constantFrom(...(choices.length > 0 ? choices.map(String) : ['12', 'a.json']));
    const value = fc.oneof({ weight: 4, arbitrary: usual }, word);
    const flag = dashed.map((one) => [one]);
    if (type === 'boolean')
      return fc.oneof(
        { weight: 6, arbitrary: flag },
        fc.tuple(dashed, value).map(([one, said]) => [`${one}=${said}`]),
      );
    return fc.oneof(
      { weight: 3, arbitrary: fc.tuple(dashed, value) },
      { weight: 3, arbitrary: fc.tuple(dashed, value).map(([one, said]) => [`${one}=${said}`]) },
      flag,
    );
  });
  const least = command.split(' ').length - 1;
  const positional = fc.array(
    word.map((one) => [one]),
    { minLength: least, maxLength: least + (command.includes('...') ? 2 : 0) },
  );
  const demanded = [...options].flatMap(([name, { demandOption }]) => (demandOption === true ? [[`--${name}`, 'a.json']] : []));
  return fc
    .tuple(
      positional.map((some) => [...some, ...demanded]),
      fc.array(option, { maxLength: 5 }),
    )
    .chain(([named, said]) =>
      fc.shuffledSubarray([...named, ...said], { minLength: Math.max(0, named.length + said.length - 1) }),
    )
    .map((parts) => parts.flat());
}

/** What the parser hands the command; undefined where it refuses. */
async function parsed(command: CommandModule, words: readonly string[]): Promise<Readonly<Record<string, unknown>> | undefined> {
  let handed: Readonly<Record<string, unknown>> | undefined;
  const handler = (args: object): void => {
    handed = args as Readonly<Record<string, unknown>>;
  };
  try {
    await parserOf([{ ...command, handler }], [wordOf(declarationOf(command)), ...words]).parseAsync();
  } catch {
    return undefined;
  }
  return handed;
}

describe('words that are understood without the parser', () => {
  for (const command of commands) {
    const declaration = declarationOf(command);
    const name = wordOf(declaration);
    const names = [...declaration.options.keys(), ...declaration.positionals.keys()];
    const keys = names.map((one) => one.replaceAll(/-([a-z])/gu, (_, letter: string) => letter.toUpperCase()));

    it(`are handed to ${name} as the parser would have done it`, async () => {
      let plain = 0;
      await fc.assert(
        fc.asyncProperty(someWords(declaration), async (words) => {
          const args = plainArguments(declaration, words);
          if (args === undefined) return;
          plain += 1;
          const usual = await parsed(command, words);
          expect(usual, 'the parser refuses them').to.not.equal(undefined);
          for (const key of keys) expect(args[key], key).to.deep.equal(usual?.[key]);
        }),
        { numRuns: 60, seed: usualSeed() },
      );
      expect(plain).to.be.greaterThan(5);
    });
  }

  it('are what is usually written', () => {
    const export1 = declarationOf(commands[0] as CommandModule);
    const words = [
      '-d',
      'ormconfig.ts',
      'demoapp.Book.4',
      'demoapp.User.2',
      '-o',
      '-',
      '--root=Book,User',
      '--max-objects',
      '12',
      '-q',
    ];
    expect(plainArguments(export1, words)).to.deep.include({
      ...{ dataSource: 'ormconfig.ts', objects: ['demoapp.Book.4', 'demoapp.User.2'], output: '-', root: ['Book', 'User'] },
      ...{ maxObjects: 12, quiet: true, json: false, follow: 'owned' },
    });
    for (const other of [['-dq'], ['--no-files'], ['--dryRun'], ['--json', 'true'], ['-o'], ['--max-objects', '0x1']])
      expect(plainArguments(export1, ['demoapp.Book.4', ...other]), other.join(' ')).to.equal(undefined);
    expect(plainArguments(export1, ['--quiet'])).to.equal(undefined);
  });

  it('leave it where it lies', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'portolan-words-'));
    const isLoaded = async (word: string): Promise<boolean> => {
      const coverage = mkdtempSync(join(folder, 'modules-'));
      const words = ['demoapp.Book.4', '-d', join(folder, 'none.js'), word];
      expect((await run('exportobjects', words, { env: { NODE_V8_COVERAGE: coverage } })).code).to.equal(2);
      return readdirSync(coverage).some((name) => readFileSync(join(coverage, name), 'utf8').includes('node_modules/yargs/'));
    };
    expect([await isLoaded('--quiet'), await isLoaded('--dryRun')]).to.deep.equal([false, true]);
    rmSync(folder, { recursive: true });
  });
});

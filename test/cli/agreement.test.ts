import { expect } from 'chai';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../demo-app/project-root.js';
import { errorCodes } from '../../src/errors/error-codes.js';
import { zulipOptions } from '../../src/profiles/zulip/options.js';
import type { Program } from '../support/run.js';
import { run } from '../support/run.js';
import { commandOptions, commands, declarations, laterCommandNames, laterOptions, sharedOptions } from './contract-options.js';

const root = projectRoot();
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const ofProfile = zulipOptions.map(({ name, isOn }) => (isOn === true ? `--no-${name}` : `--${name}`));
const known = new Set(
  [sharedOptions, ...Object.values(commandOptions), ...Object.values(laterOptions), ofProfile, ['--no-files']].flat(),
);

/** Of Node, which a command sets itself. */
const ofNode: ReadonlySet<string> = new Set(['--heap-growing-percent', '--max-semi-space-size', '--semi-space-growth-factor']);

/** Of the environment, ours and those of the object stores' clients. */
const variables: ReadonlySet<string> = new Set([
  ...['PORTOLAN_URL', 'PORTOLAN_OBJECT_STORE', 'GOOGLE_APPLICATION_CREDENTIALS'],
  ...['AWS_PROFILE', 'AWS_REGION', 'AWS_ENDPOINT_URL_S3'],
]);

/** What stands in a document, without the blocks that are generated from the code. */
function written(file: string): string {
  return read(file).replace(/<!-- ([\w-]+): npm run docs -->[^]*?<!-- \/\1 -->/gu, '');
}

describe('help, README, error codes and options', function () {
  this.timeout(300_000);

  for (const command of commands) {
    const options = [...sharedOptions, ...commandOptions[command]];

    it(`agree on the options of the contract, and on no others: ${command}`, async () => {
      const { stdout } = await run('portolan', [command, '--help']);
      const shown = stdout
        .slice(stdout.indexOf('\nOptions:\n'), stdout.indexOf('\nExamples:\n'))
        .split('\n')
        .flatMap((line) => [...(/^ {2,6}(?=-)(?:-\w, )?(?:--[\w-]+)(?:, --[\w-]+)*/u.exec(line) ?? [])])
        .flatMap((names) => names.trim().split(', '));
      expect(shown.sort()).to.deep.equal([...options].sort());
    });

    it(`show the same in README: ${command}`, async () => {
      const [program, ...word] = { export: ['exportobjects'], import: ['importobjects'], delete: ['deleteobjects'] }[
        command as string
      ] ?? ['portolan', command];
      const { stdout } = await run(program as Program, [...word, '--help']);
      expect(read('README.md')).to.contain(`\`\`\`text\n${stdout.trim()}\n\`\`\``);
    });

    it(`describe each option, say what value it takes, and use each: ${command}`, () => {
      const source = read(`src/cli/commands/${command}-command.ts`) + read('src/cli/export-arguments.ts');
      const elsewhere = ['run-command', 'open-data-source', 'main', 'answer-help', 'bucket-option']
        .map((file) => read(`src/cli/${file}.ts`))
        .join('');
      for (const [name, option] of declarations[command].options) {
        expect(option.describe, name).to.be.a('string').with.length.above(8);
        const hasValue = option.type !== 'boolean';
        if (hasValue) expect(option.choices ?? option.value, `value of --${name}`).not.to.equal(undefined);
        if (hasValue) expect(option.requiresArg, `--${name} wants a value`).to.equal(true);
        const camel = name.replace(/-(\w)/gu, (_, letter: string) => letter.toUpperCase());
        const used = new RegExp(`args\\.${camel}\\b|[{,] ${camel}\\b[^;]*\\} = args|--${name}'`, 'u');
        expect(used.test(source + elsewhere) || name === 'format', `--${name} is used`).to.equal(true);
      }
    });

    it(`refuse what a later version has, and name it: ${command}`, async () => {
      for (const option of laterOptions[command]) {
        const { code, stdout } = await run('portolan', [command, 'x', option, '1', '--json']);
        expect(code, option).to.equal(2);
        expect(JSON.parse(stdout)).to.include({ code: 'NOT_AVAILABLE', error: `${option} is not available in this version` });
      }
    });

    it(`show examples that the parser takes: ${command}`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'portolan-examples-'));
      try {
        for (const [example] of declarations[command].examples) {
          const words = example.split(' ').slice(1);
          const { stdout } = await run('portolan', [command, ...words, '--json'], { cwd: folder });
          // There is neither a data source nor an archive: what comes first is missed.
          expect((JSON.parse(stdout) as { readonly code: string }).code, example).to.be.oneOf([
            'NO_DATA_SOURCE',
            'ARCHIVE_NOT_FOUND',
            'JOURNAL_NOT_FOUND',
            'NO_POLICY',
          ]);
        }
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }

  it('agree on what several commands share: the same words everywhere', () => {
    const [first, ...others] = commands.map((command) => declarations[command].options);
    const shared = [...(first ?? [])].filter(([name]) => sharedOptions.includes(`--${name}`));
    expect(shared.length).to.equal(sharedOptions.filter((name) => name.startsWith('--')).length);
    for (const [name, option] of shared) {
      for (const other of others) expect(other.get(name), name).to.deep.equal(option);
    }
    for (const [name, option] of declarations.explain.options) {
      // What explain and export have in common is declared once: the functions in it are the same too.
      if (name !== 'why') expect(declarations.export.options.get(name)?.describe).to.equal(option.describe);
    }
  });

  it('agree on the commands of later versions', async () => {
    const { stdout } = await run('portolan', ['--help']);
    expect(stdout).to.contain(`Not in this version: ${laterCommandNames.join(', ')}.`);
    const said = /^Not in this version: ([^]*?)\n\n/mu.exec(written('README.md'))?.[1] ?? '';
    for (const name of laterCommandNames) {
      expect(said).to.contain(`\`${name}\``);
      const { code, stdout: json } = await run('portolan', [name, 'x', '--json']);
      expect(code).to.equal(2);
      expect(JSON.parse(json)).to.deep.include({ status: 'failed', code: 'NOT_AVAILABLE', findings: [] });
    }
  });

  for (const file of ['README.md', 'CHANGELOG.md', 'FORMATS.md']) {
    it(`name no option and no code that is not there: ${file}`, () => {
      const text = written(file);
      const named = [...text.matchAll(/(?<![\w-])--[a-z][\w-]+/gu)].map(([name]) => name);
      expect(named.filter((name) => !known.has(name))).to.deep.equal([]);
      const codes = [...text.matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/gu)].map(([, code = '']) => code);
      expect(codes.filter((code) => !Object.hasOwn(errorCodes, code) && !variables.has(code))).to.deep.equal([]);
    });
  }

  it('name no option in a message that is not there', () => {
    const unknown = sources.flatMap((file) => {
      const text = read(join('src', file)).replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gmu, '');
      const named = [...text.matchAll(/(?<=['"` (])--[a-z][\w-]+/gu)].map(([name]) => name);
      return named.filter((name) => !known.has(name) && !ofNode.has(name));
    });
    expect(unknown).to.deep.equal([]);
  });

  it('list no error code that nothing throws', () => {
    const all = sources.filter((file) => !file.endsWith('error-codes.ts')).map((file) => read(join('src', file)));
    const unused = Object.keys(errorCodes).filter((code) => !all.some((text) => text.includes(`'${code}'`)));
    expect(unused).to.deep.equal([]);
  });

  it('give every error one of the exit codes that README tells', () => {
    const table = /^\| exit code [^]*?\n\n/mu.exec(read('README.md'))?.[0] ?? '';
    const told = [...table.matchAll(/^\| (\d+) /gmu)].map(([, code]) => Number(code));
    expect(told).to.deep.equal([0, 1, 2, 3, 4]);
    const used = new Set(Object.values(errorCodes).map(({ exitCode }) => exitCode));
    expect([...used].sort((a, b) => a - b)).to.deep.equal([1, 2, 3, 130]);
    const rows = [...read('README.md').matchAll(/^\| `([A-Z_]+)` +\| (\d+) +\| (.+?) +\|$/gmu)];
    expect(rows.map(([, code, exitCode, meaning]) => [code, { exitCode: Number(exitCode), meaning }])).to.deep.equal(
      Object.entries(errorCodes),
    );
    expect(read('README.md')).to.contain('exits 130 / 143');
  });
});

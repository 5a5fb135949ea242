import { expect } from 'chai';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Program } from '../support/run.js';
import { useLibrary } from './library.js';

describe('the command line, wrongly used', function () {
  this.timeout(300_000);
  const library = useLibrary();

  const cases: readonly (readonly [fact: string, program: Program, words: readonly string[], code: string, says: RegExp])[] = [
    ['an unknown app', 'exportobjects', ['demoap.Book.4'], 'UNKNOWN_APP', /demoapp/u],
    ['an unknown model', 'exportobjects', ['demoapp.Bok.4'], 'UNKNOWN_MODEL', /Book/iu],
    ['an unknown object', 'exportobjects', ['demoapp.Book.999999'], 'UNKNOWN_OBJECT', /999999/u],
    ['an unknown column', 'exportobjects', ['demoapp.Book[titel=x]'], 'UNKNOWN_COLUMN', /title/u],
    ['an unknown option', 'exportobjects', ['demoapp.Book.4', '--folow', 'owned'], 'USAGE', /--follow/u],
    ['an unknown command', 'portolan', ['exprt', 'demoapp.Book.4'], 'USAGE', /export/u],
    ['no object', 'exportobjects', [], 'USAGE', /./u],
    [
      'files in a store of another kind',
      'exportobjects',
      ['demoapp.Book.4', '-o', 'f.tar', '--files', 'a=ftp://x'],
      'OBJECT_URL',
      /s3:\/\//u,
    ],
    [
      'files in a bucket without a name',
      'exportobjects',
      ['demoapp.Book.4', '-o', 'f.tar', '--files', 's3://'],
      'OBJECT_URL',
      /no bucket/u,
    ],
    [
      'a place for files without a name',
      'exportobjects',
      ['demoapp.Book.4', '-o', 'f.tar', '--files', 'covers='],
      'OPTION_VALUE',
      /covers/u,
    ],
    [
      'a folder for files that is not there',
      'exportobjects',
      ['demoapp.Book.4', '-o', 'f.tar', '--files', 'none'],
      'FOLDER_MISSING',
      /none/u,
    ],
    ['files that go to no bucket', 'importobjects', ['x.json', '--files', 's3://'], 'OBJECT_URL', /s3:\/\//u],
    ['files that go to no store', 'importobjects', ['x.json', '--files', 'ftp://media'], 'OBJECT_URL', /ftp:\/\//u],
    ['files that go to several places', 'importobjects', ['x.json', '--files', 'a=b'], 'OPTION_VALUE', /one place/u],
    ['an option of a later version', 'portolan', ['explain', 'demoapp.Book.4', '--html', 'p'], 'NOT_AVAILABLE', /--html/u],
    ['a plan that is not there', 'importobjects', ['x.json', '--apply-plan', 'p.jsonl'], 'PLAN_NOT_FOUND', /p\.jsonl/u],
    ['deleting without consent', 'deleteobjects', ['demoapp.Book.4', '-o', 'd.json'], 'CONSENT_NEEDED', /--yes/u],
    ['deleting what is no archive', 'deleteobjects', ['demoapp.Book.4'], 'ARCHIVE_NOT_FOUND', /no such archive[^]*-o ARCHIVE/u],
    ['deleting several things without an archive', 'deleteobjects', ['a.json', 'b.json', '--yes'], 'NO_OUTPUT', /-o ARCHIVE/u],
    ['keeping nothing without a receipt', 'deleteobjects', ['auth.User.9', '--no-archive', '--yes'], 'NO_OUTPUT', /--receipt/u],
    ['a journal that is not there', 'portolan', ['undo', 'nothing.journal'], 'JOURNAL_NOT_FOUND', /nothing\.journal/u],
    [
      'an option of a profile that is not chosen',
      'exportobjects',
      ['demoapp.Book.4', '--public-only'],
      'USAGE',
      /belongs to the profile zulip/u,
    ],
    [
      'a format of a profile that is not chosen',
      'exportobjects',
      ['demoapp.Book.4', '--format=zulip'],
      'USAGE',
      /takes portolan/u,
    ],
    [
      'an unknown profile',
      'exportobjects',
      ['demoapp.Book.4', '-o', 'p.json', '--profile', 'x'],
      'UNKNOWN_PROFILE',
      /Built in: zulip/u,
    ],
    [
      'a budget that is no number',
      'exportobjects',
      ['demoapp.Book.4', '-o', 'b.json', '--max-objects', 'x'],
      'OPTION_VALUE',
      /max-objects/u,
    ],
    ['archive and result on one stream', 'exportobjects', ['demoapp.Book.4'], 'JSON_AND_ARCHIVE', /-o/u],
    ['a missing output folder', 'exportobjects', ['demoapp.Book.4', '-o', 'none/x.json'], 'FOLDER_MISSING', /none/u],
    ['overriding without consent', 'importobjects', ['x.json', '--override'], 'CONSENT_NEEDED', /--yes/u],
    ['an archive that is a folder of other files', 'importobjects', ['.'], 'ARCHIVE_NOT_FOUND', /\. is a folder without/u],
    ['an output that is a folder', 'exportobjects', ['demoapp.Book.4', '-o', '.'], 'OUTPUT_EXISTS', /\. exists/u],
    [
      'an output that is a folder with something else in it',
      'exportobjects',
      ['demoapp.Book.4', '-o', '..', '--force'],
      'OUTPUT_EXISTS',
      /only an archive in parts is replaced/u,
    ],
    [
      'an archive on standard input',
      'importobjects',
      ['-'],
      'ARCHIVE_NOT_FOUND',
      /standard input.*\n.*write it to a file first/u,
    ],
    ['an archive without a name', 'importobjects', [''], 'ARCHIVE_NOT_FOUND', /standard input/u],
    [
      'an output without a name',
      'exportobjects',
      ['demoapp.Book.4', '-o', ''],
      'OPTION_VALUE',
      /--output is given the name of no file/u,
    ],
    ['an archive that is not there', 'importobjects', ['nothing.json'], 'ARCHIVE_NOT_FOUND', /nothing\.json/u],
  ];
  for (const [fact, program, words, code, says] of cases) {
    it(`says what is wrong with ${fact}, and exits 2`, async () => {
      const dry = ['UNKNOWN_APP', 'UNKNOWN_MODEL', 'UNKNOWN_OBJECT', 'UNKNOWN_COLUMN'].includes(code) ? ['--dry-run'] : [];
      const result = await library.run(program, [...words, ...dry, '--json', '--findings', 'f.jsonl']);
      expect(result.code, result.stderr).to.equal(2);
      expect(JSON.parse(result.stdout)).to.deep.include({ status: 'failed', code, findings: [] });
      expect(result.stderr)
        .to.match(says)
        .and.not.match(/^ +at /mu);
      expect(statSync(join(library.folder, 'f.jsonl')).mode & 0o777).to.equal(0o600);
      expect(readdirSync(library.folder)).to.deep.equal(['f.jsonl']);
      rmSync(join(library.folder, 'f.jsonl'));
    });
  }

  it('does not replace an output that exists, unless forced', async () => {
    const path = join(library.folder, 'there.json');
    writeFileSync(path, 'mine');
    const refused = await library.run('exportobjects', ['demoapp.Book.4', '-o', path, '--json']);
    expect(refused.code).to.equal(2);
    expect(JSON.parse(refused.stdout)).to.include({ code: 'OUTPUT_EXISTS' });
    expect(readFileSync(path, 'utf8')).to.equal('mine');
    expect((await library.run('exportobjects', ['demoapp.Book.4', '-o', path, '--force'])).code).to.equal(0);
    expect(readFileSync(path, 'utf8')).not.to.equal('mine');
    rmSync(path);
  });

  it('says that nothing is mapped where the pattern of the entities finds nothing', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'portolan-none-'));
    try {
      const options = { type: 'postgres', url: library.full.url, entities: ['none/**/*.js'] };
      writeFileSync(
        join(cwd, 'ormconfig.mjs'),
        `import { DataSource } from ${JSON.stringify(import.meta.resolve('typeorm'))}; export default new DataSource(${JSON.stringify(options)});`,
      );
      const { code, stderr } = await library.run('exportobjects', ['Book.4', '--dry-run'], { cwd });
      expect(code, stderr).to.equal(2);
      expect(stderr).to.contain('there is no model "Book": the data source has no entities').and.to.contain('match files');
    } finally {
      rmSync(cwd, { recursive: true });
    }
  });

  it('fails without a connection', async () => {
    const env = { PORTOLAN_URL: 'postgresql://postgres@127.0.0.1:1/none' };
    const { code, stdout } = await library.run('exportobjects', ['demoapp.Book.4', '-o', 'c.json', '--json'], { env });
    expect(code).to.equal(1);
    expect(JSON.parse(stdout)).to.include({ status: 'failed', code: 'NO_CONNECTION' });
    expect(existsSync(join(library.folder, 'c.json'))).to.equal(false);
  });

  it('calls a defect what it did not foresee, and shows where under --verbose', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'portolan-none-'));
    try {
      // By its mark it is a data source, and it has nothing of one.
      writeFileSync(join(cwd, 'ormconfig.mjs'), "export default { '@instanceof': Symbol.for('DataSource') };");
      const words = ['a.B.1', '--dry-run', '--json'];
      const { code, stdout, stderr } = await library.run('exportobjects', words, { cwd });
      expect([code, (JSON.parse(stdout) as { code: string }).code]).to.deep.equal([1, 'UNEXPECTED']);
      expect(stderr)
        .to.contain('please report')
        .and.not.match(/^ +at /mu);
      expect((await library.run('exportobjects', [...words, '-v'], { cwd })).stderr).to.match(/^TypeError: [^]*^ +at /mu);
    } finally {
      rmSync(cwd, { recursive: true });
    }
  });

  it('finds no data source, or a broken one', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'portolan-none-'));
    try {
      const none = await library.run('exportobjects', ['a.B.1', '--dry-run', '--json'], { cwd });
      expect([none.code, (JSON.parse(none.stdout) as { code: string }).code]).to.deep.equal([2, 'NO_DATA_SOURCE']);
      writeFileSync(join(cwd, 'ormconfig.mjs'), 'export const = ;');
      const broken = await library.run('exportobjects', ['a.B.1', '--dry-run', '--json'], { cwd });
      expect([broken.code, (JSON.parse(broken.stdout) as { code: string }).code]).to.deep.equal([1, 'DATA_SOURCE_BROKEN']);
    } finally {
      rmSync(cwd, { recursive: true });
    }
  });
});

import { expect } from 'chai';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useLibrary } from './library.js';

type Document = Readonly<Record<string, unknown>>;

describe('the contract: import and verify', function () {
  this.timeout(180_000);
  const library = useLibrary(async () => {
    expect((await library.run('exportobjects', ['demoapp.Book.4', '-o', 'book.json'])).code).to.equal(0);
  });

  async function imported(words: readonly string[], code: number, url = library.full.url): Promise<Document> {
    const {
      code: exitCode,
      stdout,
      stderr,
    } = await library.run('importobjects', ['book.json', ...words, '--json'], {
      env: { PORTOLAN_URL: url },
    });
    expect(exitCode, stderr).to.equal(code);
    return JSON.parse(stdout) as Document;
  }
  const lines = (file: string): Document[] =>
    readFileSync(join(library.folder, file), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Document);

  const none = { insert: {}, same: {}, update: {}, merge: {}, remap: {}, skip: {}, conflict: {} };
  const all = {
    'auth.user': 3,
    'demoapp.author': 1,
    'demoapp.book': 1,
    'demoapp.bookinstance': 6,
    'demoapp.genre': 3,
    'demoapp.language': 1,
  };

  it('--dry-run tells what would be, by all members, changes nothing, and plans the same again', async () => {
    for (const option of ['--dry-run', '--debug', '--dry-run']) {
      const document = await imported([option], 0, library.empty.url);
      expect(document).to.have.keys(['status', 'plan', 'links', 'conflicts', 'findings']);
      expect(document).to.deep.include({
        status: 'planned',
        plan: { ...none, insert: all },
        links: { insert: { 'demoapp.book.genre': 3 }, same: {} },
        conflicts: [],
      });
    }
    expect(await library.empty.query('SELECT FROM demoapp_book')).to.have.length(0);
  });

  it('--quiet tells of what it refuses, as it tells of errors, and of nothing else', async () => {
    await library.full.query("UPDATE demoapp_book SET title = 'other' || title WHERE id = 4");
    try {
      const { code, stdout, stderr } = await library.run('importobjects', ['book.json', '-q']);
      expect([code, stdout]).to.deep.equal([3, '']);
      expect(stderr.split('\n')).to.deep.equal([
        'conflict: demoapp.book.4: a different demoapp.book.4 is there: it differs in title',
        '  → --on-conflict remap gives it a new key, --on-conflict override overwrites title, --on-conflict skip leaves it out, or edit its key in the archive (then: portolan verify --reseal)',
        'refused: nothing was written',
        '',
      ]);
    } finally {
      await library.full.query('UPDATE demoapp_book SET title = substr(title, 6) WHERE id = 4');
    }
    expect(await library.run('importobjects', ['book.json', '-q'])).to.deep.include({ code: 0, stdout: '', stderr: '' });
  });

  it('what is there already is the same: nothing is written, exit 0', async () => {
    expect(await imported([], 0)).to.deep.include({
      status: 'done',
      plan: { ...none, same: all },
      links: { insert: {}, same: { 'demoapp.book.genre': 3 } },
      conflicts: [],
    });
  });

  it('a conflict refuses with exit 3, in a dry run too, and says what is in the way', async () => {
    await library.full.query("UPDATE demoapp_book SET title = 'other' WHERE id = 4");
    for (const words of [[], ['--dry-run'], ['--on-conflict', 'fail']]) {
      const document = await imported(words, 3);
      expect(document).to.have.keys(['status', 'plan', 'links', 'conflicts', 'findings']);
      expect(document.status).to.equal('refused');
      expect(document.conflicts).to.deep.equal([
        {
          object: 'demoapp.book.4',
          reason: 'primary-key',
          constraint: 'demoapp_book_pkey',
          columns: ['title'],
          inTheWay: 'demoapp.book.4',
        },
      ]);
    }
    expect((await library.full.query('SELECT title FROM demoapp_book WHERE id = 4'))[0]).to.deep.equal({ title: 'other' });
  });

  it('--override is --on-conflict override, and contradicts any other', async () => {
    for (const words of [['--override'], ['--on-conflict', 'override'], ['--override', '--on-conflict=override']])
      expect((await imported([...words, '--dry-run'], 0)).plan).to.have.deep.property('update', { 'demoapp.book': 1 });
    expect((await imported(['--override', '--on-conflict', 'skip'], 2)).code).to.equal('OPTION_VALUE');
  });

  it('--plan writes one decision a line after what it was made of, --id-map old key and new key', async () => {
    await imported(['--plan', 'plan.jsonl', '--id-map', 'map.jsonl', '--override', '--yes'], 0);
    const [first, ...decisions] = lines('plan.jsonl');
    const made = ['format', 'version', 'command', 'tool', 'archive', 'target', 'policy', 'options', 'conflicts'];
    expect(first).to.have.keys(made);
    expect(decisions.pop()).to.have.keys(['trailer']);
    expect(decisions).to.have.length(15);
    expect(decisions.find(({ object }) => object === 'demoapp.book.4')).to.deep.include({
      decision: 'update',
      columns: ['title'],
    });
    expect(lines('map.jsonl')).to.deep.include({ from: 'demoapp.book.4', to: 'demoapp.book.4', decision: 'update' });
  });

  it('--bulk-constraints plans the same, and tells of tables that have rows that it is of no use there', async () => {
    const document = await imported(['--bulk-constraints', '--dry-run'], 0, library.empty.url);
    expect(document).to.deep.include({ status: 'planned', plan: { ...none, insert: all } });
    const kinds = ({ findings }: Document): readonly string[] =>
      (findings as readonly { readonly kind: string }[]).map(({ kind }) => kind);
    expect(kinds(document)).not.to.contain('row-by-row');
    expect(kinds(await imported(['--bulk-constraints', '--dry-run', '--override'], 0))).to.contain('row-by-row');
  });

  it('--ignore-nonexistent drops what the target lacks, each with a finding; without it this is refused', async () => {
    await library.empty.query('ALTER TABLE demoapp_book DROP COLUMN summary; ALTER TABLE demoapp_genre RENAME TO other_genre');
    const refused = await imported(['--dry-run'], 3, library.empty.url);
    expect(refused).to.include({ status: 'refused', code: 'SCHEMA_DRIFT' });
    const { findings } = await imported(['--dry-run', '--ignore-nonexistent'], 0, library.empty.url);
    const named = (findings as readonly { readonly on: string }[]).map(({ on }) => on).join(' ');
    for (const name of ['demoapp.book.summary', 'demoapp.genre', 'demoapp.book.genre']) expect(named).to.contain(name);
  });

  it('says where it writes, before it does', async () => {
    const { stderr } = await library.run('importobjects', ['book.json']);
    expect(stderr).to.match(new RegExp(`^writing to database ${library.full.name} on \\S+ as \\S+\n`, 'u'));
  });

  it('verify tells what is in an archive, seals an edited one elsewhere, and refuses a damaged one', async () => {
    const { code, stdout, stderr } = await library.run('portolan', ['verify', 'book.json', '--summary']);
    expect([code, stderr]).to.deep.equal([0, 'whole and closed: 15 objects\n']);
    expect(stdout)
      .to.match(/^demoapp\.bookinstance +6 +[\da-f]{16}$/mu)
      .and.match(/^withheld: auth\.user\.password$/mu)
      .and.match(/^made: \S+ by portolan \d/mu);
    const text = readFileSync(join(library.folder, 'book.json'), 'utf8');
    writeFileSync(join(library.folder, 'edited.json'), text.replace('"title":"', '"title":"On '));
    const damaged = await library.run('portolan', ['verify', 'edited.json', '--json']);
    expect(damaged.code).to.equal(3);
    expect(JSON.parse(damaged.stdout)).to.include({ status: 'refused', code: 'ARCHIVE_DAMAGED' });
    expect((await library.run('portolan', ['verify', 'edited.json', '--reseal', '-o', 'sealed.json'])).code).to.equal(0);
    const sealed = await library.run('portolan', ['verify', 'sealed.json', '--json']);
    expect(JSON.parse(sealed.stdout)).to.include({ status: 'done', edited: true, total: 15 });
    const note = 'note: sealed.json: somebody edited this archive after it was exported';
    expect((await library.run('portolan', ['verify', 'sealed.json'])).stderr).to.contain(note);
    const compared = await library.run('portolan', ['diff', 'book.json', 'sealed.json']);
    expect(compared.code).to.equal(4);
    expect(compared.stderr).to.contain(note).and.not.contain('note: book.json');
    const dry = await library.run('importobjects', ['sealed.json', '--dry-run']);
    expect(dry.stderr).to.contain(note);
    expect((await library.run('portolan', ['verify', 'book.json', '-o', 'x.json'])).code).to.equal(2);
    expect(existsSync(join(library.folder, 'x.json'))).to.equal(false);
  });
});

import { expect } from 'chai';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useLibrary } from './library.js';

type Document = Readonly<Record<string, unknown>>;

describe('the contract: diff, merge, verify --against', function () {
  this.timeout(300_000);
  const library = useLibrary(async () => {
    for (const key of ['4', '5'])
      await library.run('exportobjects', [`demoapp.Book.${key}`, '-o', `${key}.json`, '--reproducible', '-q']);
    await library.full.query(
      "UPDATE demoapp_book SET title = 'A canary' WHERE id = 4; DELETE FROM demoapp_book_genre WHERE book_id = 4 AND genre_id = (SELECT min(genre_id) FROM demoapp_book_genre WHERE book_id = 4)",
    );
    await library.run('exportobjects', ['demoapp.Book.4', '-o', 'later.json.gz', '--reproducible', '-q']);
  });
  const path = (file: string): string => join(library.folder, file);
  const portolan = async (words: string, code: number): Promise<{ readonly stdout: string; readonly stderr: string }> => {
    const result = await library.run('portolan', words.split(' '));
    expect(result.code, result.stderr).to.equal(code);
    return result;
  };
  const told = async (words: string, code: number): Promise<Document> =>
    JSON.parse((await portolan(`${words} --json`, code)).stdout) as Document;

  it('diff of two archives: exit 0 where they are the same, 4 where not; the difference on standard output, without values', async () => {
    const same = await portolan('diff 4.json 4.json', 0);
    expect(same.stdout).to.match(/^model +same +differ +only in 4\.json +only in 4\.json\n/u);
    expect(same.stderr).to.contain('no difference: 15 objects');
    const { stdout, stderr } = await portolan('diff 4.json later.json.gz', 4);
    expect(stdout)
      .to.match(/^~ demoapp\.book\.4: title, genre -demoapp\.genre\.\d+$/mu)
      .and.not.contain('canary');
    expect(stdout).to.match(/^- demoapp\.genre\.\d+$/mu);
    expect(stderr).to.contain('different: 1 + 1 + 0 objects');
    expect((await portolan('diff 4.json later.json.gz --verbose', 4)).stdout).to.match(/^ {4}title: ".+" → "A canary"$/mu);
  });

  it('diff --json and --plan say the same', async () => {
    const document = await told('diff 4.json later.json.gz --plan plan', 4);
    expect(document).to.have.all.keys('status', 'objects', 'links', 'columns', 'schema', 'differences', 'findings');
    expect(document).to.deep.include({ status: 'different', columns: { 'demoapp.book.title': 1 }, schema: [] });
    expect(document['links']).to.deep.equal({ insert: {}, delete: { 'demoapp.book.genre': 1 } });
    const lines = readFileSync(path('plan'), 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => JSON.parse(line) as unknown);
    expect(lines).to.deep.equal(document['differences']);
    expect(statSync(path('plan')).mode & 0o777).to.equal(0o600);
    const { stdout, stderr } = await portolan('diff 4.json later.json.gz --plan /dev/stdout', 4);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((line) => JSON.parse(line) as unknown),
    ).to.deep.equal(lines);
    expect(stderr).to.contain('~ demoapp.book.4');
  });

  it('diff of one archive, and verify --against, hold it against the database', async () => {
    for (const words of ['diff later.json.gz', 'verify later.json.gz --against'])
      expect((await portolan(words, 0)).stderr).to.contain('comparing with database');
    const document = await told('diff 4.json', 4);
    expect(document['differences']).to.have.length(1);
    const verified = await told('verify 4.json --against', 4);
    expect((verified['against'] as Document)['differences']).to.deep.equal(document['differences']);
    expect((await portolan('verify 4.json --against', 4)).stdout).to.match(
      /^~ demoapp\.book\.4: title, genre -demoapp\.genre\.\d+$/mu,
    );
    const empty = `--url ${library.empty.url}`;
    expect((await told(`verify 4.json --against ${empty}`, 4))['against']).to.deep.include({ status: 'different' });
    await library.run('importobjects', ['4.json', '--url', library.empty.url, '--id-map', 'map.jsonl', '-q']);
    for (const option of ['--id-map', '--with-id-map']) await portolan(`verify 4.json --against ${empty} ${option} map.jsonl`, 0);
  });

  it('contradictions and what is not there are usage errors', async () => {
    for (const [words, code] of [
      ['verify 4.json --with-id-map map.jsonl', 'OPTION_VALUE'],
      ['verify 4.json --against --reseal', 'OPTION_VALUE'],
      ['diff 4.json later.json.gz --id-map none.jsonl', 'ID_MAP_INVALID'],
      ['diff none.json 4.json', 'ARCHIVE_NOT_FOUND'],
      ['merge 4.json -o x.json', 'USAGE'],
      ['merge 4.json 5.json', 'JSON_AND_ARCHIVE'],
      ['merge 4.json 5.json -o later.json.gz', 'OUTPUT_EXISTS'],
    ] as const)
      expect((await told(words, 2))['code'], words).to.equal(code);
  });

  it('a damaged archive is refused with exit 3', async () => {
    writeFileSync(path('cut.json'), readFileSync(path('4.json')).subarray(0, -40));
    for (const words of [
      'diff cut.json 4.json',
      'diff 4.json cut.json',
      'merge 4.json cut.json -o cut-merged.json',
      'verify cut.json --against',
    ])
      expect((await told(words, 3))['code'], words).to.equal('ARCHIVE_TRUNCATED');
    expect(existsSync(path('cut-merged.json'))).to.equal(false);
  });

  it('merge writes one archive that verify accepts, the same bytes in whatever order, to a file or to standard output', async () => {
    const document = await told('merge 4.json 5.json -o both.json --reproducible', 0);
    expect(document).to.have.all.keys(
      'status',
      'output',
      'objects',
      'links',
      'total',
      'plan',
      'bytes',
      'sha256',
      'conflicts',
      'findings',
    );
    expect(document).to.deep.include({
      status: 'done',
      output: 'both.json',
      conflicts: [],
      bytes: statSync(path('both.json')).size,
    });
    expect(statSync(path('both.json')).mode & 0o777).to.equal(0o600);
    expect((await portolan('verify both.json', 0)).stderr).to.contain(`whole and closed: ${String(document['total'])} objects`);
    const { stdout, stderr } = await portolan('merge 5.json 4.json --reproducible', 0);
    expect(stdout).to.equal(readFileSync(path('both.json'), 'utf8'));
    expect(stderr).to.match(/^demoapp\.book +2$/mu);
    expect(JSON.parse((await portolan('merge 5.json 4.json -q', 0)).stdout)).to.have.nested.property('header.volatile');
    for (const [words, code] of [
      ['diff both.json 4.json', 4],
      ['diff both.json both.json', 0],
    ] as const)
      await portolan(words, code);
  });

  it('merge gathers archives of different databases by what their headers tell, or by what is said, and writes an id map', async () => {
    await library.run('importobjects', ['4.json', '--url', library.empty.url, '-q']);
    await library.empty.query("UPDATE demoapp_book SET title = 'Another canary', isbn = '0000000000000' WHERE id = 4");
    await library.run('exportobjects', ['demoapp.Book.4', '-o', 'here.json', '-q']);
    await library.run('exportobjects', ['demoapp.Book.4', '-o', 'there.json', '-q', '--url', library.empty.url]);
    const first = await told('merge later.json.gz there.json -o gathered.json --sources other --id-map merged.ids', 0);
    expect(first['plan']).to.have.nested.property('remap.demoapp\\.book', 1);
    const lines = readFileSync(path('merged.ids'), 'utf8').trim().split('\n');
    const moved = lines.map((line) => JSON.parse(line) as Document).filter(({ decision }) => decision === 'remap');
    expect(moved.map(({ from, archives }) => [from, archives])).to.deep.include(['demoapp.book.4', ['there.json']]);
    expect(statSync(path('merged.ids')).mode & 0o777).to.equal(0o600);
    expect((await portolan('verify gathered.json', 0)).stderr).to.contain('whole and closed');
    const { stderr } = await portolan('merge here.json there.json -o gathered.json --force', 0);
    expect(stderr).to.contain('of an earlier archive by their natural key').and.not.contain('canary');
    expect((await told('merge here.json later.json.gz -o x.json', 3))['code']).to.equal('SOURCES_UNKNOWN');
    await portolan('merge here.json later.json.gz -o x.json --sources same', 0);
    expect(existsSync(path('merged.ids'))).to.equal(true);
  });

  it('merge refuses two versions with exit 3, names both archives, and writes nothing', async () => {
    const document = await told('merge 4.json later.json.gz -o refused.json', 3);
    expect(document).to.deep.include({ status: 'refused', output: null, total: 0 });
    expect(document['conflicts']).to.deep.equal([
      { object: 'demoapp.book.4', reason: 'differs', columns: ['title'], archives: ['4.json', 'later.json.gz'] },
    ]);
    const { stderr } = await portolan('merge 4.json later.json.gz -o refused.json -q', 3);
    expect(stderr)
      .to.match(/^conflict: demoapp\.book\.4: title: not the same in 4\.json and later\.json\.gz$/mu)
      .and.not.contain('canary');
    expect((await portolan('merge 4.json later.json.gz -o refused.json -v', 3)).stderr).to.contain('"A canary"');
    expect((await portolan('merge 4.json later.json.gz', 3)).stdout).to.equal('');
    expect(existsSync(path('refused.json'))).to.equal(false);
    for (const folder of [library.folder, tmpdir()])
      expect(readdirSync(folder).filter((name) => name.endsWith('.partial'))).to.deep.equal([]);
  });
});

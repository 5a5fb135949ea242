import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { RunResult } from '../support/run.js';
import { useLibrary } from './library.js';

describe('a journal, an id map or a receipt of an earlier run', function () {
  this.timeout(120_000);
  const library = useLibrary(async () => {
    expect((await library.run('exportobjects', ['demoapp.Book.4', '-o', 'book.json'])).code).to.equal(0);
  });
  const path = (file: string): string => join(library.folder, file);
  const read = (file: string): string => readFileSync(path(file), 'utf8');
  const env = (): Readonly<Record<string, string>> => ({ PORTOLAN_URL: library.empty.url });

  async function importing(words: readonly string[]): Promise<RunResult> {
    const result = await library.run('importobjects', ['book.json', ...words], { env: env() });
    expect(result.code, result.stderr).to.equal(0);
    return result;
  }

  it('is kept beside that of the next one, and takes the first of several imports back', async () => {
    const records = ['--journal', 'journal', '--id-map', 'ids'];
    const { stderr } = await importing(records);
    expect(stderr).not.to.contain('earlier run');
    const [journal, ids] = [read('journal'), read('ids')];
    const dry = await importing([...records, '--dry-run']);
    expect(dry.stderr).not.to.contain('earlier run');
    expect(existsSync(path('journal.1')), 'a dry run leaves nothing').to.equal(false);
    const second = await importing(records);
    expect(second.stderr).to.contain('note: journal: is of an earlier run, and is kept beside it: as journal.1');
    expect(second.stderr).to.contain('note: ids: is of an earlier run');
    const later = read('journal');
    await importing(records);
    expect([read('journal.1'), read('ids.1'), read('journal.2')]).to.deep.equal([journal, ids, later]);
    expect(statSync(path('journal.1')).mode & 0o777).to.equal(0o600);
    const undone = await library.run('portolan', ['undo', 'journal.1'], { env: env() });
    expect(undone.code, undone.stderr).to.equal(0);
    expect(await library.empty.query('SELECT FROM demoapp_book')).to.have.length(0);
  });

  it('is the proof of an erasure still', async () => {
    const erase = ['--no-archive', '--receipt', 'receipt', '--yes'];
    const first = await library.run('deleteobjects', ['auth.User.8', ...erase]);
    expect(first.code, first.stderr).to.equal(0);
    const receipt = read('receipt');
    const second = await library.run('deleteobjects', ['auth.User.7', ...erase]);
    expect(second.code, second.stderr).to.equal(0);
    expect(second.stderr).to.contain('receipt.1');
    expect(read('receipt.1')).to.equal(receipt);
    expect(read('receipt')).not.to.equal(receipt);
  });
});

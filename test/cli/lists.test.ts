import { expect } from 'chai';
import { useLibrary } from './library.js';

describe('options', function () {
  this.timeout(180_000);
  const library = useLibrary();

  async function explained(words: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
    const { code, stdout, stderr } = await library.run('portolan', ['explain', 'demoapp.Book.4', ...words, '--json']);
    expect(code, stderr).to.be.oneOf([0, 2]);
    return JSON.parse(stdout) as Readonly<Record<string, unknown>>;
  }

  const excluded = (models: readonly string[]): readonly unknown[] =>
    models.map((model) => ({ model, rule: 'exclude', action: 'error', inside: 0, external: 0, leftOut: 0 }));

  for (const words of [
    ['--exclude', 'BookInstance', '--exclude', 'Profile', '--exclude', 'Group'],
    ['--exclude', 'BookInstance,Profile,Group'],
    ['--exclude=BookInstance, Profile', '--exclude=Group,'],
  ]) {
    it(`that take a list repeat, and take commas: ${words.join(' ')}`, async () => {
      const { boundary } = await explained(words);
      expect(boundary).to.deep.equal(excluded(['demoapp.bookinstance', 'demoapp.profile', 'auth.group']));
    });
  }

  it('that take a list leave the next word to the command', async () => {
    const { code, stdout } = await library.run('portolan', ['explain', '-r', 'User', 'demoapp.Book.4', '--json']);
    expect(code).to.equal(0);
    expect((JSON.parse(stdout) as { readonly objects: object }).objects).to.have.property('demoapp.book', 1);
  });

  it('end where -- says so', async () => {
    const { code, stdout } = await library.run('portolan', ['explain', '--json', '-r', 'User', '--', 'demoapp.Book.4']);
    expect(code).to.equal(0);
    expect((JSON.parse(stdout) as { readonly objects: object }).objects).to.have.property('demoapp.book', 1);
  });

  it('that are switches take yes and no by their own words: the last one counts', async () => {
    for (const words of [
      ['--dry-run=false', '--dry-run'],
      ['--no-dry-run', '--dry-run=true'],
      ['--dry-run', '--no-strict'],
    ])
      expect((await library.run('exportobjects', ['demoapp.Book.4', ...words, '--quiet'])).stdout, words.join(' ')).to.equal('');
    const { stdout } = await library.run('exportobjects', ['demoapp.Book.4', '--dry-run', '--no-dry-run', '--quiet']);
    expect(stdout).to.match(/^\{"header":/u);
  });

  it('ask for no more readers than there are connections, or are told so in two lines', async () => {
    const { code, stderr } = await library.run('exportobjects', ['demoapp.Book.4', '-o', 'many.json', '--jobs', '100']);
    expect(code).to.equal(1);
    expect(stderr).to.match(/^error: the data source has no connection left: \d+ are in use\n.*--jobs.*\n$/mu);
  });

  it('that take one value take the last one', async () => {
    expect((await explained(['--max-objects', '1', '--max-objects', '1000'])).status).to.equal('done');
    const { objects } = await explained(['--follow', 'connected', '--follow=dependencies']);
    expect(objects).not.to.have.property('demoapp.bookinstance');
  });

  for (const option of ['--boundary', '--exclude', '--root', '--include-secret']) {
    it(`that are given nothing do not pass for absent: ${option}`, async () => {
      for (const nothing of ['', ',', ' ']) {
        const { code } = await explained([`${option}=${nothing}`]);
        expect(code, `"${nothing}"`).to.be.oneOf(['UNKNOWN_MODEL', 'UNKNOWN_COLUMN', 'USAGE']);
      }
    });
  }
});

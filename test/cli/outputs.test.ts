import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { verifyArchive } from '../../src/archive/verify-archive.js';
import { programPath } from '../support/run.js';
import { useLibrary } from './library.js';

/** A name space of one's own, in which a small disk can be mounted; not every machine lets everybody. */
const mayMount = spawnSync('bash', ['-c', 'unshare -rm true']).status === 0;
const smallDisk = `unshare -rm bash -c 'mount -t tmpfs -o size=8k none small && cp old.json small && cd small && "$@"; code=$?
  ls -A; cat old.json; exit $code' -`;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe('an output that cannot be written', function () {
  this.timeout(300_000);
  const library = useLibrary(async () => {
    const { code, stderr } = await library.run('exportobjects', ['demoapp.Book.4', '--follow', 'connected', '-o', 'whole.json']);
    expect(code, stderr).to.equal(0);
  });

  afterEach(() => {
    for (const file of readdirSync(library.folder)) {
      if (file !== 'whole.json') rmSync(join(library.folder, file), { recursive: true });
    }
  });

  /** `$export` and `$import` are the programs; `$all` is an export that is larger than any pipe's buffer leaves room for. */
  function shell(command: string, url = library.full.url): Ended {
    const program = (name: 'exportobjects' | 'importobjects'): string => `"${process.execPath}" "${programPath(name)}"`;
    const text = command
      .replaceAll('$all', '$export demoapp.Book.4 --follow connected -q')
      .replaceAll('$export', program('exportobjects'))
      .replaceAll('$import', program('importobjects'));
    const env = { ...process.env, PORTOLAN_URL: url };
    const { status, stdout, stderr } = spawnSync('bash', ['-c', text], {
      cwd: library.folder,
      env,
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect(stderr).not.to.match(/^ +at |Unhandled|UNEXPECTED|did not foresee/mu);
    return { code: status, stdout, stderr };
  }

  const files = (): readonly string[] => readdirSync(library.folder).filter((file) => file !== 'whole.json');

  async function expectNoRow(): Promise<void> {
    const [rows] = await library.empty.query('SELECT count(*)::int AS count FROM auth_user');
    expect(rows?.['count']).to.equal(0);
  }

  for (const name of ['out.json', 'out.jsonl.gz', 'old.json --force']) {
    it(`leaves nothing where files may not grow: -o ${name}`, () => {
      writeFileSync(join(library.folder, 'old.json'), 'old');
      const { code, stderr } = shell(`ulimit -f 4; $all -o ${name}`);
      expect(code, stderr).to.equal(1);
      expect(stderr).to.match(/^error: o\S+: no file may grow that large here/u);
      expect(files()).to.deep.equal(['old.json']);
      expect(readFileSync(join(library.folder, 'old.json'), 'utf8')).to.equal('old');
    });

    it(`leaves nothing on a disk that is full: -o ${name}`, function (this: Mocha.Context) {
      // Mounting wants a user namespace of one's own, or root.
      if (!mayMount) this.skip();
      mkdirSync(join(library.folder, 'small'));
      writeFileSync(join(library.folder, 'old.json'), 'old');
      const { code, stdout, stderr } = shell(`${smallDisk} $all -o ${name}`);
      expect(code, stderr).to.equal(1);
      expect(stderr).to.match(/^error: o\S+: no space left/u);
      expect(stdout).to.equal('old.json\nold');
    });
  }

  for (const option of ['--plan', '--id-map']) {
    it(`lets no row be written where files may not grow: ${option}`, async () => {
      const { code, stderr } = shell(`ulimit -f 4; $import whole.json -q ${option} out.jsonl`, library.empty.url);
      expect(code, stderr).to.equal(1);
      expect(stderr).to.match(/^error: out.jsonl: no file may grow/u);
      expect(files()).to.deep.equal([]);
      await expectNoRow();
    });

    it(`lets no row be written where its folder is missing: ${option}`, async () => {
      const { code, stderr } = shell(`$import whole.json -q ${option} none/out.jsonl`, library.empty.url);
      expect(code, stderr).to.equal(2);
      expect(stderr).to.match(/^error: none\/out.jsonl: there is no such folder/u);
      await expectNoRow();
    });
  }

  it('lets no row be written where the folder of the findings is missing', async () => {
    const { code, stderr } = shell('$import whole.json -q --findings none/f.jsonl', library.empty.url);
    expect(code, stderr).to.equal(2);
    expect(stderr).to.equal('error: none/f.jsonl: there is no such folder\nMake the folder first.\n');
    await expectNoRow();
  });

  it('may be in a folder that only lets itself be read', async () => {
    mkdirSync(join(library.folder, 'closed'));
    chmodSync(join(library.folder, 'closed'), 0o555);
    // root may write everywhere, unless it gives that up.
    const drop = process.getuid?.() === 0 ? 'setpriv --bounding-set=-dac_override,-dac_read_search --inh-caps=-all' : '';
    for (const command of [`$all -o closed/out.json`, `$import whole.json -q --id-map closed/out.json`]) {
      const { code, stderr } = shell(`${drop} ${command}`, command.startsWith('$all') ? library.full.url : library.empty.url);
      expect(code, stderr).to.equal(1);
      expect(stderr).to.match(/^error: closed\/out\.json: not allowed \(EACCES\)/u);
    }
    expect(readdirSync(join(library.folder, 'closed'))).to.deep.equal([]);
    await expectNoRow();
  });

  it('may be standard output: a full disk', () => {
    for (const command of ['$all', '$all --dry-run --json']) {
      const { code, stderr } = shell(`${command} > /dev/full`);
      expect(code, stderr).to.equal(1);
      expect(stderr).to.match(/^error: standard output: no space left/u);
    }
  });

  it('may be standard output: a reader that goes away, at once or after a line', () => {
    for (const [command, reader] of [
      ['$all', ':'],
      ['$all', 'head -1'],
      ['$all --dry-run --json', ':'],
    ]) {
      const { code, stderr } = shell(`${String(command)} | ${String(reader)}; exit \${PIPESTATUS[0]}`);
      expect(code, stderr).to.equal(1);
      expect(stderr).to.equal('error: the reader of the output went away\n');
    }
  });

  it('may have a name as long as names can be: the temporary one is shorter', async () => {
    for (const name of [`${'x'.repeat(250)}.json`, `${'é'.repeat(125)}.json`]) {
      const { code, stderr } = shell(`$export demoapp.Book.4 -q -o ${name} && ls`);
      expect(code, stderr).to.equal(0);
      await verifyArchive(join(library.folder, name));
    }
  });

  it('may be in a folder that is gone', () => {
    // Without hooks that a run of the tests has put into Node: its thread for hooks never starts there.
    const { code, stderr } = shell(
      'mkdir gone && cd gone && rmdir ../gone && NODE_OPTIONS= $export demoapp.Book.4 -q -o out.json',
    );
    expect([code, stderr]).to.deep.equal([1, 'error: the current folder is not there any more\n']);
  });

  it('may be standard error: the work is done all the same', async () => {
    const { code } = shell('{ $export demoapp.Book.4 -o out.json 2>&1 >&3 | :; exit ${PIPESTATUS[0]}; } 3>&1');
    expect(code).to.equal(0);
    await verifyArchive(join(library.folder, 'out.json'));
  });

  it('is never replaced where it is no file: a device, a pipe; a link stays a link', async () => {
    const device = join(library.folder, 'device');
    // As good as a device: what is written there can only be read as it comes.
    expect(shell('mkfifo device').code).to.equal(0);
    const { mode } = statSync(device);
    writeFileSync(join(library.folder, 'old.json'), 'old');
    symlinkSync('old.json', join(library.folder, 'link.json'));
    const piped = shell('timeout 30 cat device > copy.json & $export demoapp.Book.4 -q -o device --force && wait');
    expect(piped.code, piped.stderr).to.equal(0);
    await verifyArchive(join(library.folder, 'copy.json'));
    const mapped = shell('timeout 30 cat device & $import whole.json -q --dry-run --plan device && wait', library.empty.url);
    expect(mapped.stdout).to.match(/^\{"/u);
    expect(shell('timeout 30 cat device & $export demoapp.Book.4 -q --dry-run --findings device && wait').code).to.equal(0);
    const facts = statSync(device);
    expect([facts.isFIFO(), facts.mode]).to.deep.equal([true, mode]);
    expect(shell('$export demoapp.Book.4 -q -o link.json --force').code).to.equal(0);
    await verifyArchive(join(library.folder, 'old.json'));
    expect(files()).to.deep.equal(['copy.json', 'device', 'link.json', 'old.json']);
  });
});

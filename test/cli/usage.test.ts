import { expect } from 'chai';
import type { Program } from '../support/run.js';
import { run } from '../support/run.js';

/** Words that the parser refuses, and what is said about them: `error`, then what to do. */
const cases: readonly (readonly [program: Program, words: string, error: string, hint: string])[] = [
  ['portolan', '', 'which command?', 'Known: export, import, delete, diff, merge, explain, verify, undo, claim. See --help.'],
  ['portolan', 'exprt demoapp.Book.4', 'there is no command exprt', 'Did you mean "export"?'],
  ['portolan', 'udno x', 'there is no command udno', 'Did you mean "undo"?'],
  [
    'portolan',
    'frobnicate',
    'there is no command frobnicate',
    'Known: export, import, delete, diff, merge, explain, verify, undo, claim. See --help.',
  ],
  ['portolan', 'help exprt', 'there is no command exprt', 'Did you mean "export"?'],
  ['portolan', '--help exprt', 'there is no command exprt', 'Did you mean "export"?'],
  [
    'portolan',
    '--json verify x',
    'the command comes first, before --json',
    'Known: export, import, delete, diff, merge, explain, verify, undo, claim. See --help.',
  ],
  ['portolan', 'export a.B.1 --folow owned', 'there is no option --folow', 'Did you mean "--follow"?'],
  ['exportobjects', 'a.B.1 --maxobjects=3', 'there is no option --maxobjects', 'Did you mean "--max-objects"?'],
  ['exportobjects', 'a.B.1 -folow owned', 'there is no option -f', 'Did you mean "--follow"?'],
  ['exportobjects', 'a.B.1 -x', 'there is no option -x', 'See --help.'],
  ['exportobjects', 'a.B.1 -qx', 'there is no option -x', 'See --help.'],
  ['exportobjects', 'a.B.1 --xyzzy', 'there is no option --xyzzy', 'See --help.'],
  ['exportobjects', 'a.B.1 --follow ownd', '--follow takes dependencies, owned, connected: not ownd', 'Did you mean "owned"?'],
  ['exportobjects', 'a.B.1 --follow', '--follow wants a value', 'See --help.'],
  ['exportobjects', 'a.B.1 -o', '-o wants a value', 'See --help.'],
  ['importobjects', 'x --on-conflict', '--on-conflict wants a value', 'See --help.'],
  ['importobjects', 'x --on-conflict=skp', '--on-conflict takes fail, skip, override, remap: not skp', 'Did you mean "skip"?'],
  ['importobjects', 'x --dry-run=yes', '--dry-run takes no value: not yes', 'Write --dry-run, or leave it out.'],
  ['importobjects', 'x --debug=', '--debug takes no value: not ', 'Write --debug, or leave it out.'],
  ['portolan', 'import x -y=no', '-y takes no value: not no', 'Write -y, or leave it out.'],
  ['exportobjects', 'a.B.1 --no-output', 'there is no option --no-output', 'Leave --output out.'],
  ['exportobjects', 'a.B.1 --no-root', 'there is no option --no-root', 'Leave --root out.'],
  ['portolan', 'explain a.B.1 --no-why --json', 'there is no option --no-why', 'Leave --why out.'],
  ['importobjects', 'x y', 'one path is enough; there is also y', 'See --help.'],
  [
    'portolan',
    'claim a.B.1 a.B.2',
    '--with-id-map is missing',
    'Add --with-id-map FILE or --id-map FILE (the map that the import wrote: it says which rows are placeholders).',
  ],
  ['importobjects', '', 'which path? Nothing was named', 'path: the archive. See --help.'],
];

describe('words that are no use of a command', function () {
  this.timeout(180_000);
  for (const [program, words, error, hint] of cases) {
    it(`says what is wrong, offers what is near, and exits 2: ${program} ${words}`, async () => {
      const { code, stdout, stderr } = await run(
        program,
        words.split(' ').filter((word) => word !== ''),
      );
      expect(code).to.equal(2);
      expect(stderr).to.equal(`error: ${error}\n${hint}\n`);
      if (!words.includes('--json')) expect(stdout).to.equal('');
      else expect(JSON.parse(stdout)).to.deep.equal({ status: 'failed', code: 'USAGE', error, findings: [] });
    });
  }

  it('speaks English, whatever the language of the user', async () => {
    const env = { LC_ALL: 'de_DE.UTF-8', LANG: 'de_DE.UTF-8' };
    const { stderr } = await run('exportobjects', ['a.B.1', '-o'], { env });
    expect(stderr).to.equal('error: -o wants a value\nSee --help.\n');
  });
});

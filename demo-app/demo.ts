import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { query } from './demo-databases.js';
import { narrator } from './narrator.js';
import { runCommand } from './run-command.js';
import type { Stage } from './run-demo.js';
import { fingerprint, runDemo, shownBranch } from './run-demo.js';

const archive = 'book-4.json';

await runDemo({
  title: 'Portolan: one object out of one database, with all it needs, and into another',
  play: async (stage) => {
    await showBook(stage);
    await exportBook(stage);
    await explainBook(stage);
    await collide(stage);
    await importBook(stage);
    const equal = await prove(stage);
    if (equal) sayNext();
    return equal;
  },
});

async function showBook({ library, rows }: Stage): Promise<void> {
  const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
  narrator.say(`The library has ${String(total)} rows in ${String(Object.keys(rows).length)} tables. We are after one book:`);
  const [book] = await query(
    library,
    `SELECT b.title, concat_ws(' ', a.first_name, a.last_name) AS author, l.name AS language, count(i.id) AS copies,
       string_agg(DISTINCT u.first_name || ' ' || u.last_name, ', ') AS borrowers
     FROM demoapp_book b JOIN demoapp_author a ON a.id = b.author_id JOIN demoapp_language l ON l.id = b.language_id
       LEFT JOIN demoapp_bookinstance i ON i.book_id = b.id LEFT JOIN auth_user u ON u.id = i.borrower_id
     WHERE b.id = 4 GROUP BY b.id, a.id, l.id`,
  );
  narrator.output(
    Object.entries(book ?? {})
      .map(([name, value]) => `${name.padEnd(10)}${String(value)}`)
      .join('\n'),
  );
}

async function exportBook({ library, folder }: Stage): Promise<void> {
  narrator.chapter(1, 'Export: the book, and everything it cannot be without');
  await runCommand(['exportobjects', 'demoapp.Book.4', '-o', archive], { url: library, folder });
  narrator.say('\nThe archive is JSON, one object a line: it streams, greps and diffs. Some of its lines:');
  const text = readFileSync(join(folder, archive), 'utf8');
  const lines = text.split('\n').filter((line) => /^\{"fields".*"model":"demoapp\.(?:book|author|genre)"/u.test(line));
  narrator.output(lines.join('\n'));
  if (text.includes('pbkdf2_sha256')) throw new Error('a password left the database');
  narrator.success('No password went out: the column’s name says that it is a secret, so it was withheld.');
}

async function explainBook({ library, folder }: Stage): Promise<void> {
  narrator.chapter(2, 'Why that, and no more?');
  narrator.say('Down from the book to its copies, across to its genres, up to what those rows need; nobody else’s books.');
  await runCommand(['portolan', 'explain', 'demoapp.Book.4', '--why', 'auth.User.7'], { url: library, folder });
}

async function collide({ library, folder }: Stage): Promise<void> {
  narrator.chapter(3, 'Life goes on: the library changes, and the archive meets it again');
  for (const statement of [
    `UPDATE demoapp_book SET title = 'Twenty Thousand Leagues Under the Seas' WHERE id = 4`,
    `UPDATE auth_user SET email = 'moved@example.org' WHERE id = 7`,
    `DELETE FROM demoapp_bookinstance WHERE book_id = 4 AND status = 'd'`,
  ]) {
    narrator.sql(`${statement};`);
    await query(library, statement);
  }
  narrator.say('\nA dry run does all that an import does, and takes it back: it tells what would collide.');
  await runCommand(['importobjects', archive, '--dry-run'], { url: library, folder, exit: 3 });
  narrator.say('\nExit code 3: refused, nothing was changed. Told to, it lets the archive win:');
  await runCommand(['importobjects', archive, '--override', '--yes'], { url: library, folder });
}

async function importBook({ branch, folder }: Stage): Promise<void> {
  narrator.chapter(4, 'Import: into an empty second database');
  narrator.say('$BRANCH has the same tables and no rows. The readers who come along get passwords that nobody can guess.');
  await runCommand(['importobjects', archive], { url: branch, shownUrl: shownBranch, folder });
}

async function prove({ library, branch, folder }: Stage): Promise<boolean> {
  narrator.chapter(5, 'Proof: export again from both, and compare the bytes');
  const digests: string[] = [];
  for (const [file, from] of [
    ['from-library.json', { url: library }],
    ['from-branch.json', { url: branch, shownUrl: shownBranch }],
  ] as const) {
    await runCommand(['exportobjects', 'demoapp.Book.4', '--reproducible', '--quiet', '-o', file], { ...from, folder });
    digests.push(
      createHash('sha256')
        .update(readFileSync(join(folder, file)))
        .digest('hex'),
    );
    narrator.output(`SHA-256 ${digests.at(-1) ?? ''}  ${file}`);
  }
  const equal = digests[0] === digests[1];
  if (equal) narrator.success('Both archives are equal, byte by byte.');
  else narrator.failure('The archives differ.');
  narrator.say('\nAnd importing once more changes nothing:');
  const before = await fingerprint(branch, { sequences: true });
  await runCommand(['importobjects', archive], { url: branch, shownUrl: shownBranch, folder });
  const unchanged = before === (await fingerprint(branch, { sequences: true }));
  if (unchanged) narrator.success('Every row and every sequence of the second database is as it was.');
  else narrator.failure('The second import changed the database.');
  return equal && unchanged;
}

function sayNext(): void {
  narrator.title('What to try next');
  narrator.say(`  npm run demo:merge                    two libraries become one
  npm run demo:db                       keeps such a library up, for these:
  npx exportobjects demoapp.Book.4 -o book-4.json
  npx exportobjects demoapp.Author.3 -o author.json.gz
  npx exportobjects auth.User.7 --follow connected --dry-run
  npx portolan explain demoapp.Book.4 --why auth.User.7
  npx importobjects author.json.gz --dry-run
  README.md says how to use it on your own TypeORM application: nothing needs to be configured.
`);
}

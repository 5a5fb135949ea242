import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { query } from './demo-databases.js';
import { narrator } from './narrator.js';
import { runCommand } from './run-command.js';
import type { Stage } from './run-demo.js';
import { fingerprint, runDemo, shownBranch } from './run-demo.js';
import { seedOtherLibrary } from './seed/seed-library.js';

const archive = 'harbour.json';
const policyFile = 'merge.policy.json';

const mergeWords = ['importobjects', archive, '--policy', policyFile, '--on-conflict', 'remap'] as const;

/** By which columns people know what is the same in both libraries; everything else is another row, and gets another key. */
const policy = {
  models: {
    ContentType: { app: 'contenttypes', naturalKey: ['appLabel', 'model'], merge: 'keep' },
    Permission: { naturalKey: ['contentType', 'codename'], merge: 'keep' },
    Group: { naturalKey: ['name'], merge: 'keep' },
    Genre: { naturalKey: ['name'], merge: 'keep' },
    Language: { naturalKey: ['name'], merge: 'keep' },
    Author: { naturalKey: ['lastName', 'firstName'], merge: 'fill' },
    Book: { naturalKey: ['isbn'], merge: 'keep' },
    User: { naturalKey: ['username'], merge: 'fill' },
    Profile: { naturalKey: ['user'], merge: 'fill' },
  },
};

/** What a library is to the people who use it, with no key in it. */
const catalogue = `
  SELECT b.isbn, b.title, a.last_name AS author, l.name AS language,
    (SELECT string_agg(g.name, ', ' ORDER BY g.name) FROM demoapp_book_genre bg JOIN demoapp_genre g ON g.id = bg.genre_id
     WHERE bg.book_id = b.id) AS genres,
    (SELECT string_agg(concat(u.username, ' ', i.status), ', ' ORDER BY i.id) FROM demoapp_bookinstance i
       LEFT JOIN auth_user u ON u.id = i.borrower_id WHERE i.book_id = b.id) AS copies
  FROM demoapp_book b LEFT JOIN demoapp_author a ON a.id = b.author_id LEFT JOIN demoapp_language l ON l.id = b.language_id`;

await runDemo({
  title: 'Portolan: two libraries become one',
  fillBranch: seedOtherLibrary,
  play: async (stage) => {
    const before = await fingerprint(stage.library, { sequences: false });
    await showBoth(stage);
    await exportOther(stage);
    await collide(stage);
    await planMerge(stage);
    await merge(stage);
    const proven = (await prove(stage)) && (await importAgain(stage)) && (await takeBack(stage, before));
    if (proven) narrator.title('README.md, “Merge two installations”, says what a policy can say');
    return proven;
  },
});

async function showBoth({ library, branch }: Stage): Promise<void> {
  narrator.say('Two towns, two libraries, one set of tables. Both counted from 1, so the same keys are other rows:');
  for (const [name, url] of [
    ['ours', library],
    ['theirs', branch],
  ] as const) {
    const [book] = await query(url, 'SELECT title FROM demoapp_book WHERE id = 4');
    const [user] = await query(url, 'SELECT username FROM auth_user WHERE id = 7');
    const [english] = await query(url, "SELECT id FROM demoapp_language WHERE name = 'English'");
    narrator.output(
      `${name.padEnd(8)}book 4: ${String(book?.['title']).padEnd(38)} user 7: ${String(user?.['username']).padEnd(10)} English: ${String(english?.['id'])}`,
    );
  }
}

async function exportOther({ branch, folder }: Stage): Promise<void> {
  narrator.chapter(1, 'Export: all books and readers of the other library');
  const seeds = await query(
    branch,
    `SELECT 'demoapp.Book.' || id AS seed FROM demoapp_book UNION ALL SELECT 'auth.User.' || id FROM auth_user`,
  );
  const words = seeds.map(({ seed }) => String(seed));
  const shown = ['demoapp.Book', 'auth.User'].map(
    (model) => `${model}.{1..${String(words.filter((word) => word.startsWith(`${model}.`)).length)}}`,
  );
  await runCommand(['exportobjects', ...words, '-o', archive], { url: branch, shownUrl: shownBranch, folder, shown });
}

async function collide({ library, folder }: Stage): Promise<void> {
  narrator.chapter(2, 'A dry run: what collides, and what would help');
  await runCommand(['importobjects', archive, '--dry-run'], { url: library, folder, exit: 3, lines: 20 });
}

async function planMerge({ library, folder }: Stage): Promise<void> {
  narrator.chapter(3, 'A policy says by which names people know things; the rest gets new keys');
  const text = JSON.stringify(policy, null, 2).replace(
    /\{\n\s+([^{}]*?)\n\s+\}/gu,
    (_, inside: string) => `{ ${inside.replace(/\s+/gu, ' ')} }`,
  );
  writeFileSync(join(folder, policyFile), text);
  narrator.say(`${policyFile}:`);
  narrator.output(text);
  await runCommand([...mergeWords, '--dry-run'], { url: library, folder });
}

async function merge({ library, folder }: Stage): Promise<void> {
  narrator.chapter(4, 'Import: one transaction; the id map and the journal are written down');
  await runCommand([...mergeWords, '--id-map', 'ids.jsonl', '--journal', 'merge.journal'], { url: library, folder });
  narrator.say('\nWhere their keys went:');
  const lines = readFileSync(join(folder, 'ids.jsonl'), 'utf8').split('\n');
  const shown = lines.filter((line) => /demoapp\.(?:book|genre)\.[34]"/u.test(line));
  narrator.output([...shown, `… and ${String(lines.length - shown.length - 1)} more`].join('\n'));
}

/** Every book of theirs is in ours with its author, language, genres, copies and readers, by name. */
async function prove({ library, branch }: Stage): Promise<boolean> {
  narrator.chapter(5, 'Proof: every book of theirs is there, by name, with its author, genres, copies and readers');
  const ours = new Map((await query(library, catalogue)).map((book) => [String(book['isbn']), book]));
  const theirs = await query(branch, catalogue);
  const lost = theirs.filter((book) => !isWithin(book, ours.get(String(book['isbn']))));
  if (lost.length === 0) narrator.success(`All ${String(theirs.length)} books: no reader, copy or genre is lost or mixed up.`);
  for (const book of lost) narrator.failure(`${String(book['title'])} is not as it was.`);
  const [twice] = await query(library, 'SELECT count(*) - count(DISTINCT username) AS n FROM auth_user');
  const [genres] = await query(library, 'SELECT count(*) - count(DISTINCT name) AS n FROM demoapp_genre');
  const doubled = Number(twice?.['n']) + Number(genres?.['n']);
  if (doubled === 0) narrator.success('No reader and no genre is there twice.');
  else narrator.failure(`${String(doubled)} readers and genres are there twice.`);
  return lost.length === 0 && doubled === 0;
}

/** A book that both had has the copies of both. */
function isWithin(book: Readonly<Record<string, unknown>>, merged: Readonly<Record<string, unknown>> | undefined): boolean {
  const list = (value: unknown): readonly string[] => (typeof value === 'string' ? value.split(', ') : []);
  return (
    merged !== undefined &&
    ['title', 'author', 'language'].every((column) => merged[column] === book[column]) &&
    ['genres', 'copies'].every((column) => list(book[column]).every((item) => list(merged[column]).includes(item)))
  );
}

async function importAgain({ library, folder }: Stage): Promise<boolean> {
  narrator.chapter(6, 'Once more, with the id map: nothing is there twice');
  const before = await fingerprint(library, { sequences: false });
  await runCommand([...mergeWords, '--with-id-map', 'ids.jsonl'], { url: library, folder });
  return sameRows(before, await fingerprint(library, { sequences: false }), 'The second import changed no row.');
}

async function takeBack({ library, folder }: Stage, before: string): Promise<boolean> {
  narrator.chapter(7, 'And back: the journal takes out exactly what came in');
  await runCommand(['portolan', 'undo', 'merge.journal'], { url: library, folder });
  return sameRows(
    before,
    await fingerprint(library, { sequences: false }),
    'Every row is as it was before the two libraries met.',
  );
}

function sameRows(before: string, after: string, text: string): boolean {
  if (before === after) narrator.success(text);
  else narrator.failure(`Not so: ${text}`);
  return before === after;
}

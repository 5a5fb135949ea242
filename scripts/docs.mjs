import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// Writes into README what the code knows better: the help of every command, and the error codes.
// `--check` changes nothing and fails when README is not current; `--built FOLDER` takes the programs from there.
const words = process.argv.slice(2);
const built = words.includes('--built') ? words[words.indexOf('--built') + 1] : 'dist';
const { errorCodes } = await import(pathToFileURL(join(process.cwd(), built, 'src/errors/error-codes.js')).href);

const commands = [
  ['exportobjects'],
  ['importobjects'],
  ['deleteobjects'],
  ['portolan', 'diff'],
  ['portolan', 'merge'],
  ['portolan', 'explain'],
  ['portolan', 'verify'],
  ['portolan', 'undo'],
  ['portolan', 'claim'],
];
const parts = { commands: commands.map(help).join('\n\n'), 'error-codes': errorTable() };

const before = readFileSync('README.md', 'utf8');
let after = before;
for (const [name, text] of Object.entries(parts)) {
  const place = new RegExp(`(<!-- ${name}: npm run docs -->\n)[^]*?(<!-- /${name} -->)`, 'u');
  if (!place.test(after)) throw new Error(`README.md has no place for ${name}`);
  after = after.replace(place, (_, start, end) => `${start}\n${text}\n\n${end}`);
}
if (!words.includes('--check')) writeFileSync('README.md', after);
else if (after !== before) {
  console.error('README.md is not current: npm run docs');
  process.exitCode = 1;
}

function help([program, ...command]) {
  const text = execFileSync(process.execPath, [join(built, 'portolan/bin', `${program}.js`), ...command, '--help'], {
    encoding: 'utf8',
  });
  return `\`\`\`text\n${text.replace(/ +$/gmu, '').trim()}\n\`\`\``;
}

function errorTable() {
  const rows = Object.entries(errorCodes).map(([code, { exitCode, meaning }]) => [`\`${code}\``, String(exitCode), meaning]);
  const all = [['code', 'exit code', 'meaning'], ...rows];
  const widths = [0, 1, 2].map((at) => Math.max(...all.map((row) => row[at].length)));
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const [head, ...body] = all.map((row) => line(row.map((cell, at) => cell.padEnd(widths[at]))));
  return [head, line(widths.map((width) => '-'.repeat(width))), ...body].join('\n');
}

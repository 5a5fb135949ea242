import { UsageError } from '../errors/portolan-error.js';

/** What the contract of the command line names and this version does not have: said so, instead of "unknown". */
const options: Readonly<Record<string, string>> = Object.freeze({
  bucket: 'Write to a file and copy it.',
  remap: 'Use --on-conflict fail, skip or override.',
  offset: 'Use --on-conflict fail, skip or override.',
  'apply-plan': 'Import with the same options as the plan was made with.',
  'with-id-map': 'Import one archive after the other.',
  journal: 'Export what the import would overwrite first.',
  'bulk-constraints': 'Foreign keys are checked by the database.',
  against: 'Use importobjects --dry-run: what is equal is reported as same.',
  html: 'Use --json.',
});

const commands: Readonly<Record<string, string>> = Object.freeze({
  delete: 'This version does not delete. Review what would go with: portolan explain app.Model.key',
  diff: 'importobjects --dry-run compares an archive with a database.',
  merge: 'Import the archives one after the other.',
  undo: 'Export what the import would overwrite first.',
  check: 'portolan explain tells what an export takes.',
  init: 'Write portolan.policy.ts by hand: definePolicy gives it its types.',
});

/** @throws UsageError NOT_AVAILABLE */
export function refuseNotAvailable(words: readonly string[]): void {
  const command = words.find((word) => !word.startsWith('-'));
  if (command !== undefined && words[0] === command && Object.hasOwn(commands, command))
    throw notAvailable(`the command ${command}`, commands[command]);
  for (const word of words) {
    if (word === '--') return;
    const name = /^--([\w-]+)/u.exec(word)?.[1] ?? '';
    if (Object.hasOwn(options, name)) throw notAvailable(`--${name}`, options[name]);
  }
  const strategy = words.findIndex((word) => word === '--on-conflict');
  if (words.includes('--on-conflict=remap') || (strategy >= 0 && words[strategy + 1] === 'remap'))
    throw notAvailable('--on-conflict remap', options['remap']);
  const format = words.findIndex((word) => word === '--format');
  if (words.includes('--format=zulip') || (format >= 0 && words[format + 1] === 'zulip'))
    throw notAvailable('--format zulip', 'Use the default format.');
}

export function notAvailable(what: string, hint: string | undefined): UsageError {
  return new UsageError('NOT_AVAILABLE', `${what} is not available in this version`, { hint });
}

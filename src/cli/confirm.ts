import { createInterface } from 'node:readline/promises';
import { UsageError } from '../errors/portolan-error.js';

/** Where nobody can answer, overwriting wants `--yes`. @throws UsageError CONSENT_NEEDED */
export function requireTerminal(): void {
  if (process.stdin.isTTY && process.stderr.isTTY) return;
  throw new UsageError('CONSENT_NEEDED', 'overwriting rows wants a second consent', {
    hint: 'Look at --dry-run first, then add --yes.',
  });
}

/** Overwriting asks a second time, and says where. @throws UsageError NOT_CONFIRMED, also at the end of the input */
export async function confirmOverride(
  { host, database }: { readonly host: string; readonly database: string },
  signal: AbortSignal,
): Promise<void> {
  // The terminal edits the line itself: so an interrupt stays a signal, which ends the command as everywhere else.
  const prompt = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  try {
    const ended = new Promise<string>((resolve) => {
      prompt.once('close', () => {
        resolve('');
      });
    });
    const question = `Rows of database ${database} on ${host} that differ will be overwritten. Go on? [y/N] `;
    const answer = await Promise.race([prompt.question(question, { signal }), ended]);
    if (!/^y(es)?$/iu.test(answer.trim())) throw new UsageError('NOT_CONFIRMED', 'not confirmed: nothing was written');
  } finally {
    prompt.close();
  }
}

import { createInterface } from 'node:readline/promises';
import { UsageError } from '../errors/portolan-error.js';

/** Where nobody can answer, consent wants `--yes`. @param what wants it @throws UsageError CONSENT_NEEDED */
export function requireTerminal(what: string): void {
  if (process.stdin.isTTY && process.stderr.isTTY) return;
  throw new UsageError('CONSENT_NEEDED', what, { hint: 'Look at --dry-run first, then add --yes.' });
}

/** @param nothing what is so where the answer is no @throws UsageError NOT_CONFIRMED, also at the end of the input */
export async function confirm(question: string, nothing: string, signal: AbortSignal): Promise<void> {
  // The terminal edits the line itself: so an interrupt stays a signal, which ends the command as everywhere else.
  const prompt = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  try {
    const ended = new Promise<string>((resolve) => {
      prompt.once('close', () => {
        resolve('');
      });
    });
    const answer = await Promise.race([prompt.question(`${question} [y/N] `, { signal }), ended]);
    if (!/^y(es)?$/iu.test(answer.trim())) throw new UsageError('NOT_CONFIRMED', `not confirmed: ${nothing}`);
  } finally {
    prompt.close();
  }
}

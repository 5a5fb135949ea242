import { createInterface } from 'node:readline/promises';
import { UsageError } from '../errors/portolan-error.js';

/** Overwriting asks a second time; where nobody can answer, it wants `--yes`. @throws UsageError CONSENT_NEEDED, NOT_CONFIRMED */
export async function confirmOverride(yes: boolean): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new UsageError('CONSENT_NEEDED', 'overwriting rows wants a second consent', {
      hint: 'Look at --dry-run first, then add --yes.',
    });
  }
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question('Rows of the target that differ will be overwritten. Go on? [y/N] ');
    if (!/^y(es)?$/iu.test(answer.trim())) throw new UsageError('NOT_CONFIRMED', 'not confirmed: nothing was written');
  } finally {
    prompt.close();
  }
}

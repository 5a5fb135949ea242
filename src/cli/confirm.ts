import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { UsageError } from '../errors/portolan-error.js';

/** Overwriting asks a second time; where nobody can answer, it wants `--yes`. @throws UsageError CONSENT_NEEDED, NOT_CONFIRMED */
export async function confirmOverride(yes: boolean, signal: AbortSignal): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new UsageError('CONSENT_NEEDED', 'overwriting rows wants a second consent', {
      hint: 'Look at --dry-run first, then add --yes.',
    });
  }
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  // While it asks, the terminal makes no signal of Ctrl-C.
  prompt.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    const closed = once(prompt, 'close').then(() => '');
    const asked = prompt.question('Rows of the target that differ will be overwritten. Go on? [y/N] ', { signal });
    // The end of the input is no answer; some versions of Node make an error of it, and some nothing.
    const answered = asked.catch((error: unknown) => {
      if (signal.aborted) throw error;
      return '';
    });
    const answer = await Promise.race([answered, closed]);
    if (!/^y(es)?$/iu.test(answer.trim())) throw new UsageError('NOT_CONFIRMED', 'not confirmed: nothing was written');
  } finally {
    prompt.close();
  }
}

import { RefusedError } from '../errors/portolan-error.js';
import type { Findings } from './finding.js';

/** Under `--strict` a warning refuses. @throws RefusedError STRICT, with the first of them */
export function refuseWarnings(options: { readonly strict?: boolean | undefined }, findings: Findings): void {
  const [first, ...others] = findings.warnings;
  if (options.strict !== true || first === undefined) return;
  const more = others.length > 0 ? ` (and ${String(others.length)} more)` : '';
  throw new RefusedError('STRICT', `${first.on}: ${first.reason}${more}`, { hint: 'Without --strict this is a finding.' });
}

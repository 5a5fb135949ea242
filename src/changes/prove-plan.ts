import { RefusedError } from '../errors/portolan-error.js';
import type { Findings } from '../findings/finding.js';
import type { PlanReader } from './open-plan.js';

/** Differences that are told one by one: in the message, and as findings. */
const listed = 10;
const kept = 1000;

/** One line of a plan, of whatever command. */
type Line = Readonly<Record<string, unknown>>;

/**
 * Holds a plan that was made anew against the one that is to be executed, line by line: both are in the archive's order, however long.
 *
 * @throws RefusedError PLAN_STALE, with the first decisions that are others now
 */
export async function provePlan(plan: PlanReader, now: AsyncIterable<unknown>, findings: Findings): Promise<void> {
  const differences: string[] = [];
  let count = 0;
  const told = (then: string | undefined, is: string | undefined): void => {
    count += 1;
    if (count > kept) return;
    const [before, after] = [parse(then), parse(is)];
    const on = nameOf(before ?? after ?? {});
    const [was, found] = described(before, after);
    findings.warn('plan-stale', on, `the plan says ${was}, now it is ${found}`);
    if (count <= listed) differences.push(`${on}: then ${was}, now ${found}`);
  };
  const written = plan.lines();
  try {
    for await (const line of now) {
      const is = JSON.stringify(line);
      const next = await written.next();
      const then = next.done === true ? undefined : next.value;
      if (is !== then) told(then, is);
    }
    for (let next = await written.next(); next.done !== true; next = await written.next()) told(next.value, undefined);
  } finally {
    await written.return(undefined);
  }
  if (count === 0) return;
  const rest = count > listed ? `\n  and ${String(count - listed)} more` : '';
  const what = count === 1 ? 'one decision is' : `${String(count)} decisions are`;
  throw new RefusedError(
    'PLAN_STALE',
    `${plan.path}: ${what} not what the plan says any more:\n  ${differences.join('\n  ')}${rest}`,
    {
      hint: 'Nothing was written. The target has changed since: make the plan anew, and have it looked at again.',
    },
  );
}

function parse(line: string | undefined): Line | undefined {
  return line === undefined ? undefined : (JSON.parse(line) as Line);
}

/** What a line is about. */
function nameOf({ object, external, conflict }: Line): string {
  const name = object ?? external ?? (conflict as Line | undefined)?.['object'] ?? 'files';
  return typeof name === 'string' ? name : 'a line';
}

/** What both say, with what tells them apart. */
function described(then: Line | undefined, now: Line | undefined): readonly [string, string] {
  const [was, is] = [briefly(then), briefly(now)];
  if (was !== is) return [was, is];
  if (JSON.stringify(then?.['links']) !== JSON.stringify(now?.['links'])) return [`${was}, with other links`, is];
  return [was, `${is}, but what is there has changed`];
}

function briefly(line: Line | undefined): string {
  if (line === undefined) return 'nothing';
  const { decision, columns, reason, by, references, conflict, files } = line;
  const named = (member: string, before: string, after = ''): string | undefined => {
    const name = line[member];
    return typeof name === 'string' ? `${before}${name}${after}` : undefined;
  };
  if (conflict !== undefined) return `a conflict (${String((conflict as Line)['reason'])})`;
  if (files !== undefined) return JSON.stringify(files);
  const details = [
    Array.isArray(columns) ? columns.join(', ') : undefined,
    named('to', 'is '),
    named('usedInstead', 'uses ', ' instead'),
    named('needs', 'needs '),
    reason,
    by,
    Array.isArray(references) ? references.join(', ') : undefined,
  ].filter((detail) => typeof detail === 'string' && detail !== '');
  const what = typeof decision === 'string' ? decision : 'external';
  return details.length === 0 ? what : `${what} (${details.join('; ')})`;
}

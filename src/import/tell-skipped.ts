import type { ArchiveReader } from '../archive/open-archive.js';
import type { Findings } from '../findings/finding.js';
import type { Plan } from './plan.js';
import { decidedObjects } from './plan-lines.js';

/** Objects of one model that are named. */
const named = 3;

/** What stays out by `skip`, by model, with the first of its objects and what becomes of them. */
export async function tellSkipped(archive: ArchiveReader, plan: Plan, findings: Findings): Promise<void> {
  const models = new Map([...plan.models].filter(([, { decisions }]) => decisions.count('skip') > 0));
  const examples = new Map([...models.keys()].map((model) => [model, [] as string[]]));
  const isTold = (): boolean =>
    [...examples].every(([model, texts]) => texts.length >= Math.min(named, models.get(model)?.decisions.count('skip') ?? 0));
  if (models.size === 0) return;
  for await (const { model, object, decision, to, needs, inTheWay } of decidedObjects(archive, { ...plan, models })) {
    const texts = examples.get(model) ?? [];
    if (decision !== 'skip' || texts.length === named) continue;
    texts.push(`${object} (${reason(needs, to, inTheWay)})`);
    if (isTold()) break;
  }
  for (const [model, texts] of examples) {
    const count = models.get(model)?.decisions.count('skip') ?? 0;
    const more = count > texts.length ? `, … (--plan FILE lists all ${String(count)})` : '';
    findings.note('skipped', model, `left out: ${texts.join(', ')}${more}`);
  }
}

function reason(needs: string | undefined, usedInstead: string | undefined, inTheWay: boolean): string {
  if (needs !== undefined) return `needs ${needs}`;
  if (usedInstead !== undefined) return `${usedInstead} is used instead`;
  return inTheWay ? 'another row is in the way' : 'what it refers to is not there';
}

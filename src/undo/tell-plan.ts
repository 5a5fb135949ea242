import { createHash } from 'node:crypto';
import stringify from 'fast-json-stable-stringify';
import { databaseIdentity } from '../changes/database-identity.js';
import type { PlanReader } from '../changes/open-plan.js';
import { settlePlan } from '../changes/settle-plan.js';
import { referenceShape, tableShape } from '../changes/table-shapes.js';
import type { Findings } from '../findings/finding.js';
import type { ParsedPolicy } from '../policy/parsed-policy.js';
import { policyDigest } from '../policy/policy-digest.js';
import type { Schema } from '../schema/schema.js';
import type { JournalReader } from './open-journal.js';
import type { UndoModel } from './undo-models.js';
import type { UndoOptions } from './undo-options.js';
import type { UndoPlan } from './undo-plan.js';
import { planLines } from './undo-plan.js';

export interface TellPlanOptions {
  readonly decided: UndoPlan;
  readonly journal: JournalReader;
  readonly models: ReadonlyMap<string, UndoModel>;
  readonly policy: ParsedPolicy;
  readonly options: UndoOptions;
  readonly applied: PlanReader | undefined;
  readonly conflicts: number;
  readonly findings: Findings;
}

/** Writes the plan, or holds it against the one that is to be executed. @throws RefusedError PLAN_STALE, PLAN_OTHER_DATABASE */
export async function tellPlan(all: TellPlanOptions): Promise<void> {
  const { decided, journal, models, policy, options, applied, conflicts, findings } = all;
  const { plan, verbose = false } = options;
  if (plan === undefined && applied === undefined) return;
  const values = applied === undefined ? verbose : applied.header.values === true;
  const made = {
    ...({ command: 'undo', archive: journal.sha256 } as const),
    target: { database: await databaseIdentity(decided.session), sha256: tablesDigest(decided.schema, models) },
    ...{ policy: policyDigest(policy), options: {} },
    ...(values ? { values } : {}),
    conflicts,
  };
  await settlePlan({ made, lines: planLines(decided, values), plan, applied, findings });
}

/** SHA-256 over what decides of the tables that a journal writes to, and of what refers to them. */
function tablesDigest(schema: Schema, all: ReadonlyMap<string, UndoModel>): string {
  const models = new Set([...all.values()].map(({ entity }) => entity.model));
  const facts = {
    models: [...all.values()].map(({ model, entity, key, columns }) => ({
      ...{ model, key, entity: tableShape(entity) },
      columns: columns.map(({ member, name }) => [member, name]),
    })),
    references: [...schema.references, ...schema.inner]
      .filter(({ child, parent }) => models.has(child) || models.has(parent))
      .map(referenceShape),
  };
  return createHash('sha256').update(stringify(facts)).digest('hex');
}

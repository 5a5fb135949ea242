import { createHash } from 'node:crypto';
import stringify from 'fast-json-stable-stringify';
import { databaseIdentity } from '../changes/database-identity.js';
import type { PlanReader } from '../changes/open-plan.js';
import { settlePlan } from '../changes/settle-plan.js';
import { referenceShape, tableShape } from '../changes/table-shapes.js';
import type { Session } from '../dialect/session.js';
import { UsageError } from '../errors/portolan-error.js';
import type { Findings } from '../findings/finding.js';
import type { ParsedPolicy } from '../policy/parsed-policy.js';
import { policyDigest } from '../policy/policy-digest.js';
import { entityNamed } from '../schema/entity-named.js';
import type { Schema } from '../schema/schema.js';
import { claimLines } from './claim-lines.js';
import type { ClaimOptions } from './claim-options.js';
import type { NamedRows } from './find-claimed-rows.js';
import type { TouchedRows } from './touched-rows.js';

/** @throws UsageError OPTION_VALUE where the plan that is to be executed is of other rows */
export function agreeOnRows({ names }: NamedRows, applied: PlanReader | undefined): void {
  if (applied === undefined) return;
  const { placeholder, object } = applied.header.options;
  if (placeholder === names.placeholder && object === names.object) return;
  throw new UsageError(
    'OPTION_VALUE',
    `${applied.path} is the plan of another claim: ${String(placeholder)} is ${String(object)}`,
    {
      hint: 'Nothing was written. Name the rows that it was made for, or make it anew.',
    },
  );
}

export interface TellClaimOptions {
  readonly session: Session;
  readonly schema: Schema;
  readonly policy: ParsedPolicy;
  readonly rows: NamedRows;
  readonly touched: readonly TouchedRows[];
  /** Of the object, before anything was written. */
  readonly objectDigest: string;
  readonly options: Pick<ClaimOptions, 'plan' | 'verbose'>;
  readonly applied: PlanReader | undefined;
  readonly findings: Findings;
}

/**
 * Writes the plan, or holds it against the one that is to be executed, when everything is written and nothing committed.
 *
 * @throws RefusedError PLAN_STALE, PLAN_OTHER_DATABASE
 */
export async function tellClaim(all: TellClaimOptions): Promise<void> {
  const { session, schema, policy, rows, options, applied, findings } = all;
  const { plan, verbose = false } = options;
  if (plan === undefined && applied === undefined) return;
  const values = applied === undefined ? verbose : applied.header.values === true;
  const made = {
    command: 'claim' as const,
    target: { database: await databaseIdentity(session), sha256: tablesDigest(schema, rows) },
    ...{ policy: policyDigest(policy), options: { ...rows.names } },
    ...(values ? { values } : {}),
  };
  await settlePlan({ made, lines: planLines(all, values), plan, applied, findings });
}

/** The object, which is as it was looked at; then what becomes of each row. */
async function* planLines({ session, touched, rows, objectDigest }: TellClaimOptions, values: boolean): AsyncGenerator {
  yield { object: rows.names.object, decision: 'same', sha256: objectDigest };
  for await (const { object, decision, columns, before, after, was } of claimLines(session, touched))
    yield {
      ...{ object, decision },
      ...(columns === undefined ? {} : { columns }),
      ...(was === undefined ? {} : { sha256: was }),
      ...(values && before !== undefined ? { before } : {}),
      ...(values && after !== undefined ? { after } : {}),
    };
}

/** SHA-256 over what decides of the tables that a claim can write to, and of what leads to the placeholder. */
function tablesDigest(schema: Schema, { entity }: NamedRows): string {
  const leading = [...schema.references, ...schema.inner, ...schema.mentions].filter(({ parent }) => parent === entity.model);
  const models = [...new Set([entity.model, ...leading.map(({ child }) => child)])].sort();
  const facts = {
    models: models.map((model) => tableShape(entityNamed(schema, model))),
    references: leading.map((reference) => ({ ...(referenceShape(reference) as object), inside: reference.inside ?? null })),
  };
  return createHash('sha256').update(stringify(facts)).digest('hex');
}

import type { DataSource } from 'typeorm';
import type { Closure } from '../closure/closure.js';
import type { TakenClosure } from '../closure/take-closure.js';
import { KeyMemory } from '../closure/spill/key-memory.js';
import { takeClosure } from '../closure/take-closure.js';
import { ExpectedRows } from '../closure/expected-rows.js';
import { stepRules } from '../closure/follow-rule.js';
import type { ReachableModels } from '../closure/reachable-models.js';
import { reachableModels } from '../closure/reachable-models.js';
import type { Course } from '../course.js';
import type { PinnedSession } from '../dialect/postgres/pinned-session.js';
import { checkRowSql } from '../dialect/postgres/check-row-sql.js';
import { refuseRewritten } from '../dialect/postgres/refuse-rewritten.js';
import { openReadSession } from '../dialect/postgres/session.js';
import { createRowReader } from '../dialect/postgres/row-reader.js';
import { seedLookup } from '../dialect/postgres/seed-lookup.js';
import { refuseWarnings } from '../findings/refuse-warnings.js';
import { Findings } from '../findings/finding.js';
import type { ParsedPolicy } from '../policy/parsed-policy.js';
import { approvalsOf } from '../policy/approval.js';
import type { EdgeOfWorld } from '../policy/policy.js';
import { mergePolicy } from '../policy/merge-policy.js';
import type { RowPolicyContext } from '../policy/row-policy-hook.js';
import { buildSchema } from '../schema/build-schema.js';
import { applyRowPolicy } from '../schema/apply-row-policy.js';
import type { RowPolicies } from '../schema/apply-row-policy.js';
import { excludedModels } from '../schema/exclusions.js';
import { Problems } from '../schema/problems.js';
import { withFollow } from '../schema/with-follow.js';
import { resolveModel } from '../schema/resolve-model.js';
import type { Schema } from '../schema/schema.js';
import type { Seeds } from '../seeds/find-seeds.js';
import { findSeeds } from '../seeds/find-seeds.js';
import { parseObjectName } from '../seeds/object-name.js';
import type { OnProgress } from '../progress.js';
import type { FollowRule } from '../terms.js';
import { askedFor } from './asked-for.js';
import type { ExportOptions } from './export-options.js';
import type { ExportSizes } from './export-sizes.js';
import { usualSizes } from './export-sizes.js';
import { openKeyFile } from './key-file.js';
import { largestExport } from './largest-export.js';
import { memoryForKeys } from './memory-for-keys.js';
import { tellWhatStays } from './tell-what-stays.js';

/** Everything that is decided before a row is read: what export and explain have in common. */
export interface Prepared {
  readonly session: PinnedSession;
  /** Where the keys of the closure are. */
  readonly keyMemory: KeyMemory;
  readonly schema: Schema;
  readonly policy: ParsedPolicy;
  readonly seeds: Seeds;
  readonly roots: readonly string[];
  readonly follow: FollowRule;
  /** By model, what the policy and the options say of rows beyond its boundary, and of its rows where it is excluded. */
  readonly boundary: ReadonlyMap<string, EdgeOfWorld>;
  readonly exclude: ReadonlyMap<string, EdgeOfWorld>;
  readonly taken: TakenClosure;
  readonly findings: Findings;
}

/** Opens the snapshot, builds the schema, finds the seeds and takes the closure; the caller closes the session and the memory of keys. */
export async function prepare(
  dataSource: DataSource,
  options: ExportOptions,
  course: Course,
  { batches }: Pick<ExportSizes, 'batches'> = usualSizes,
): Promise<Prepared> {
  const findings = options.findings ?? new Findings();
  const policy = mergePolicy(options);
  const keyMemory = new KeyMemory(memoryForKeys(options.maxMemory), () => openKeyFile(options));
  const session = await openReadSession(dataSource, { signal: options.signal, onQuery: options.onQuery });
  try {
    const charted = await buildSchema(session, dataSource, policy, findings);
    const model = (name: string): string => resolveModel(charted, name).model;
    const exclude = excludedModels(charted, policy);
    const roots = [...new Set([...(options.roots ?? []), ...(policy.roots ?? [])].map(model))].sort();
    const follow = options.follow ?? 'owned';
    const boundary = resolved(policy.boundary, model);
    const reachOf = (rows: RowPolicies, seeds: Iterable<string>): ReachableModels =>
      reachableModels({
        ...{ schema: rows.schema, rule: stepRules[follow], seeds, whole: rows.whole, roots: new Set(roots), boundary, exclude },
        ...{ stubs: stubsOf(rows), sharedAsKey: sharedAsKey(rows.schema, policy, options.shared) },
      });
    const approvals = approvalsOf(policy);
    const asked = approvals.length === 0 ? undefined : await askedFor(options, follow, boundary);
    // Who approves of nothing need not load it.
    const refuser = asked === undefined ? undefined : await import('../approval/refuse-unapproved.js');
    const refuse = (schema: Schema, reach: ReachableModels): void => {
      if (asked !== undefined) refuser?.refuseUnapproved(approvals, { ...asked, schema, objects: options.objects, reach });
    };
    if (asked !== undefined) {
      const known = knownRows(charted, policy, exclude);
      const models = options.objects.map((text) => parseObjectName(charted, text).entity.model);
      refuse(known.schema, reachOf(known, models));
    }
    const seeds = await findSeeds(session, seedLookup, charted, options.objects);
    options.layout?.check?.({ schema: charted, seeds: seeds.byModel });
    const rows = await rowPolicies({ schema: charted, session, seeds: seeds.byModel }, policy, exclude, options);
    const { schema, rules, whole } = rows;
    const reach = reachOf(rows, seeds.byModel.keys());
    // The seeds may have told more.
    refuse(schema, reach);
    const expected = new ExpectedRows(schema, reach.rows);
    const taken = await takeClosure({
      schema,
      reader: createRowReader(session, batches),
      follow,
      seeds: seeds.byModel,
      roots: new Set(roots),
      boundary,
      exclude,
      rules,
      whole,
      sharedAsKey: sharedAsKey(schema, policy, options.shared),
      ...largestExport(options.maxObjects ?? policy.maxObjects, approvals),
      maxDepth: options.maxDepth ?? policy.maxDepth,
      keySets: keyMemory,
      findings,
      onProgress: options.onProgress && overallOf(options.onProgress, course, expected),
      signal: options.signal,
    });
    // What does leave, whatever was thought of what could.
    refuse(schema, takenModels(taken.closure));
    tellWhatStays(taken.closure, exclude.keys(), findings);
    await refuseRewritten(session);
    refuseWarnings(options, findings);
    return { session, keyMemory, schema, policy, seeds, roots, follow, boundary, exclude, taken, findings };
  } catch (error) {
    keyMemory.close();
    await session.close();
    throw error;
  }
}

/** What the policy says of models' rows by itself. */
function knownRows(schema: Schema, policy: ParsedPolicy, exclude: ReadonlyMap<string, EdgeOfWorld>): RowPolicies {
  const problems = new Problems();
  const known = applyRowPolicy(schema, [policy.models ?? {}], exclude, problems);
  problems.throwAny();
  return known;
}

/** Models of which rows can stay at home as external objects because of a rule. */
function stubsOf({ rules }: RowPolicies): ReadonlySet<string> {
  return new Set([...rules].flatMap(([model, own]) => (own.some(({ otherwise }) => otherwise === 'stub') ? [model] : [])));
}

function takenModels({ taken, described, external, links }: Closure): ReachableModels {
  return {
    rows: new Set([...taken.keys(), ...described.keys()]),
    external: new Set(external.keys()),
    links: new Set(links.map(({ name }) => name)),
  };
}

/** What the policy says of models' rows, and what the seeds tell of them; none of it has been tried on a row. */
async function rowPolicies(
  context: RowPolicyContext,
  policy: ParsedPolicy,
  exclude: ReadonlyMap<string, EdgeOfWorld>,
  { rowPolicy }: ExportOptions,
): Promise<RowPolicies> {
  const problems = new Problems();
  const told = await rowPolicy?.(context);
  const schema = withFollow(context.schema, told?.follow ?? {}, problems);
  const policies = applyRowPolicy(schema, [policy.models ?? {}, told?.models ?? {}], exclude, problems);
  problems.throwAny();
  await checkRowSql(context.session, policies.schema, policies.rules);
  return policies;
}

/** The walk counts the rows of all models. */
function overallOf(tell: OnProgress, course: Course, expected: ExpectedRows): OnProgress {
  return (event) => {
    const { model, done } = event;
    tell(course.told(event, { done, total: expected.after(model, done), exact: false, bytes: 0 }));
  };
}

function resolved<T>(byName: Readonly<Record<string, T>> | undefined, model: (name: string) => string): ReadonlyMap<string, T> {
  return new Map(Object.entries(byName ?? {}).map(([name, value]) => [model(name), value]));
}

function sharedAsKey(schema: Schema, policy: ParsedPolicy, option: ExportOptions['shared']): (model: string) => boolean {
  const all = (option ?? policy.shared ?? 'full') === 'key';
  return (model) => (schema.entities.get(model)?.policy?.shared ?? (all ? 'key' : 'full')) === 'key';
}

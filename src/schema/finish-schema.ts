import type { Findings } from '../findings/finding.js';
import type { ParsedPolicy } from '../policy/parsed-policy.js';
import { checkPolicyNames } from './check-policy-names.js';
import type { DraftLink } from './draft-links.js';
import type { DraftReference, DraftTable } from './draft.js';
import { finishEntity } from './finish-entity.js';
import { finishMentions } from './finish-mentions.js';
import { finishReferences } from './finish-references.js';
import { linkMember } from './members.js';
import { naturalKey } from './natural-key.js';
import type { Problems } from './problems.js';
import type { Entity, InnerReference, Link, Reference, Schema } from './schema.js';
import { withheldReason } from './withheld.js';

export interface Draft {
  readonly tables: readonly DraftTable[];
  readonly references: readonly DraftReference[];
  /** Those whose keys stand inside values. */
  readonly inner: readonly DraftReference[];
  /** Those that values only mention. */
  readonly mentions: readonly DraftReference[];
  readonly links: readonly DraftLink[];
  readonly policy: ParsedPolicy;
  readonly findings: Findings;
  readonly problems: Problems;
}

/** Turns the draft into the frozen value that the engine works on. */
export function finishSchema(draft: Draft): Schema {
  const entities = finishEntities(draft);
  const references = finishReferences({ ...draft, references: [...draft.references, ...draft.inner] }, entities);
  const all = [...references.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const inner = all.filter((one): one is InnerReference => one.inside !== undefined);
  refuseJoinTables(inner, entities, draft.problems);
  const schema: Schema = Object.freeze({
    entities,
    references: Object.freeze(all.filter((one) => one.inside === undefined)),
    inner: Object.freeze(inner),
    mentions: finishMentions(draft, entities),
    links: finishLinks(draft, entities, references),
  });
  checkPolicyNames(schema, draft.policy, draft.problems);
  return schema;
}

/** Rows of join tables leave as members of lists, by no key of their own. */
function refuseJoinTables(inner: readonly InnerReference[], entities: ReadonlyMap<string, Entity>, problems: Problems): void {
  for (const { name, child, parent } of inner) {
    const table = [child, parent].find((model) => entities.get(model)?.role === 'link');
    if (table !== undefined) problems.add('POLICY_INVALID', `references: ${name}: ${table} is a join table`);
  }
}

function finishEntities(draft: Draft): ReadonlyMap<string, Entity> {
  const tables = [...draft.tables].sort((a, b) => (a.name.model < b.name.model ? -1 : 1));
  const open = new Map(tables.map((table) => [table.name.model, finishEntity(table, draft.links, draft.findings)]));
  const withheld = withheldReason(draft, open);
  const entities = new Map<string, Entity>();
  for (const table of tables) {
    const entity = open.get(table.name.model);
    if (entity === undefined) continue;
    const columns = entity.columns.map((column) => Object.freeze({ ...column, ...withheld(table, column) }));
    const whole = { ...entity, columns: Object.freeze(columns) };
    const natural = naturalKey(whole, table, draft.references, draft.problems);
    entities.set(entity.model, Object.freeze({ ...whole, naturalKey: Object.freeze([...natural]) }));
  }
  return entities;
}

function finishLinks(
  draft: Draft,
  entities: ReadonlyMap<string, Entity>,
  references: ReadonlyMap<DraftReference, Reference>,
): readonly Link[] {
  const taken = new Map<DraftTable, Set<string>>();
  const declaredFirst = [...draft.links].sort((a, b) => Number(a.property === undefined) - Number(b.property === undefined));
  const links = declaredFirst.map((link): Link => {
    const model = link.owner.parent.name.model;
    const members = taken.get(link.owner.parent) ?? new Set(entities.get(model)?.columns.map((column) => column.member));
    taken.set(link.owner.parent, members);
    const member = linkMember(link, members);
    members.add(member);
    const owner = references.get(link.owner);
    const inverse = references.get(link.inverse);
    if (owner === undefined || inverse === undefined) throw new TypeError('a link without its references');
    return Object.freeze({ name: `${model}.${member}`, through: link.through.name.model, member, owner, inverse });
  });
  return Object.freeze(links.sort((a, b) => (a.name < b.name ? -1 : 1)));
}

import type { ArchiveHeader } from '../archive/archive.js';
import type { DraftSchema } from '../schema/build-schema.js';
import { lackingModel, lacks, schemaDrift } from './find-drift.js';
import { targetEntity } from '../schema/target-entity.js';
import { linkInTarget } from './target.js';

/**
 * A policy that names what the target lacks is no mistake of the policy where the archive has it: the target is behind. Only what
 * is nowhere in the database is told, since a name that is mistyped can keep a table out of the schema.
 *
 * @throws RefusedError SCHEMA_DRIFT
 */
export function refuseNonexistent(header: ArchiveHeader, { schema, problems, tablesNamed }: DraftSchema): void {
  if (problems.lines.length === 0) return;
  const has = ({ schema: own, table }: { readonly schema: string; readonly table: string }): boolean =>
    tablesNamed(table).some((one) => one.schema === own);
  const lacking: string[] = [];
  for (const model of header.order) {
    const described = header.entities[model];
    if (described === undefined) continue;
    const entity = targetEntity(schema, header, model);
    if (entity === undefined) {
      if (!has(described)) lacking.push(`${model}: ${lackingModel(model, described, tablesNamed)}`);
      continue;
    }
    for (const [member, { name, property }] of Object.entries(described.columns)) {
      if (!entity.columns.some((one) => one.name === name || (property !== undefined && one.property === property)))
        lacking.push(`${model}.${member}: ${lacks.column}`);
    }
    for (const [member, link] of Object.entries(described.links)) {
      if (!has(link) && linkInTarget(header, schema, entity, member, link) === undefined)
        lacking.push(`${model}.${member}: ${lacks.link}`);
    }
  }
  if (lacking.length === 0) return;
  throw schemaDrift(lacking, `\nand the policy and options name what is not there:\n${problems.lines.join('\n')}`);
}

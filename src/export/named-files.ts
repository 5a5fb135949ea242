import type { NamedFile } from '../files/named-file.js';
import { fileTemplate, filledTemplate } from '../policy/file-template.js';
import type { Entity, Schema } from '../schema/schema.js';
import type { FilesContext, FilesOf } from './files-context.js';

/** Models of which the policy says that their rows name files, in a fixed order. */
export function modelsWithFiles(schema: Schema): readonly Entity[] {
  const entities = [...schema.entities.values()].filter(({ policy }) => (policy?.files ?? []).length > 0);
  return entities.sort((a, b) => (a.model < b.model ? -1 : 1));
}

/** Columns of which the paths of a model's files are made. */
export function columnsOfFiles({ policy }: Entity): readonly string[] {
  return (policy?.files ?? []).flatMap(({ path }) => fileTemplate(path).columns);
}

/** The files that rows name: first as the policy says it, then as a profile computes it. */
export async function* namedFiles(context: FilesContext, filesOf: FilesOf | undefined): AsyncGenerator<NamedFile> {
  for (const entity of modelsWithFiles(context.schema)) {
    if (context.count(entity.model) === 0) continue;
    const rules = (entity.policy?.files ?? []).map((rule) => ({ ...rule, template: fileTemplate(rule.path) }));
    for await (const { object, values } of context.rows(entity.model, columnsOfFiles(entity))) {
      let at = 0;
      for (const { template, under, optional } of rules) {
        const filled = filledTemplate(template, values.slice(at, (at += template.columns.length)));
        if (filled === undefined) continue;
        const path = under === undefined ? filled : `${under}/${filled}`;
        yield { object, path, name: path, optional };
      }
    }
  }
  if (filesOf !== undefined) yield* filesOf(context);
}

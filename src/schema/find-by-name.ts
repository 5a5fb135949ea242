/** All that a table can be called by. */
export interface Nameable {
  readonly app: string;
  readonly name: string;
  readonly schema: string;
  readonly table: string;
  readonly aliases: readonly string[];
}

/** What a name means: `app.Model`, `Model`; else an entity that shares the table; else `schema.table`, `table`. Exact matches first, then without case. */
export function findByName<T>(items: readonly T[], nameable: (item: T) => Nameable, text: string): readonly T[] {
  for (const names of [modelNames, aliasNames, tableNames]) {
    for (const fold of [(name: string) => name, (name: string) => name.toLowerCase()]) {
      const found = items.filter((item) => names(nameable(item)).some((name) => fold(name) === fold(text)));
      if (found.length > 0) return found;
    }
  }
  return [];
}

/** All of them, for hints. */
export function allNames(item: Nameable): readonly string[] {
  return [...modelNames(item), ...aliasNames(item), ...tableNames(item)];
}

/** `Model.field` at each of its dots, the last first: models, tables and properties may hold dots. */
export function splitsOf(text: string): readonly (readonly [owner: string, member: string])[] {
  return [...text.matchAll(/\./gu)].map(({ index }) => [text.slice(0, index), text.slice(index + 1)] as const).reverse();
}

function modelNames({ app, name }: Nameable): readonly string[] {
  return [`${app}.${name}`, name];
}

function aliasNames({ app, aliases }: Nameable): readonly string[] {
  return aliases.flatMap((name) => [name, `${app}.${name}`]);
}

function tableNames({ schema, table }: Nameable): readonly string[] {
  return [table, `${schema}.${table}`];
}

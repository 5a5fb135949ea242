import type { DataSourceOptions, EntitySchema, MixedList } from 'typeorm';
import { DataSource } from 'typeorm';
import type { PinnedSession } from '../../src/dialect/postgres/pinned-session.js';
import { openReadSession } from '../../src/dialect/postgres/session.js';
import { Findings } from '../../src/findings/finding.js';
import type { ParsedPolicy } from '../../src/policy/parsed-policy.js';
import { buildSchema } from '../../src/schema/build-schema.js';
import type { Column, Entity, Link, Reference, Schema } from '../../src/schema/schema.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';

export interface ChartOptions {
  /** Run before the entities' tables are made. */
  readonly before?: string;
  /** Run after them. */
  readonly after?: string;
  readonly entities?: MixedList<new () => object | EntitySchema> | readonly unknown[];
  readonly synchronize?: boolean;
  readonly dataSource?: Partial<DataSourceOptions>;
  readonly policy?: Partial<ParsedPolicy>;
}

/** The schema of real tables, made by TypeORM or by SQL, with short ways to its parts. */
export interface Chart {
  readonly schema: Schema;
  readonly findings: Findings;
  readonly database: TestDatabase;
  readonly dataSource: DataSource;
  readonly queries: number;
  entity(model: string): Entity;
  column(model: string, name: string): Column;
  reference(name: string): Reference;
  link(name: string): Link;
  /** Names of all references of a child. */
  names(child: string): readonly string[];
  found(kind: string): readonly string[];
  /** The schema under another policy. */
  under(policy: Partial<ParsedPolicy>): Promise<Schema>;
  close(): Promise<void>;
}

export async function drawChart(options: ChartOptions): Promise<Chart> {
  const database = await createDatabase(options.before === undefined ? {} : { sql: options.before });
  const dataSource = new DataSource({
    type: 'postgres',
    url: database.url,
    entities: (options.entities ?? []) as EntitySchema[],
    synchronize: options.synchronize ?? true,
    ...options.dataSource,
  } as DataSourceOptions);
  try {
    await dataSource.initialize();
    if (options.after !== undefined) await database.query(options.after);
    return await chartOf(database, dataSource, options.policy ?? {});
  } catch (error) {
    if (dataSource.isInitialized) await dataSource.destroy();
    await database.drop();
    throw error;
  }
}

async function chartOf(database: TestDatabase, dataSource: DataSource, policy: Partial<ParsedPolicy>): Promise<Chart> {
  const findings = new Findings();
  const build = async (own: Partial<ParsedPolicy>, into: Findings): Promise<{ schema: Schema; queries: number }> => {
    const session: PinnedSession = await openReadSession(dataSource);
    try {
      const before = session.statistics.queries;
      const schema = await buildSchema(session, dataSource, { includeSecrets: [], ...own }, into);
      return { schema, queries: session.statistics.queries - before };
    } finally {
      await session.close();
    }
  };
  const { schema, queries } = await build(policy, findings);
  const known = <T>(value: T | undefined, name: string, all: Iterable<string>): T => {
    if (value === undefined) throw new Error(`no ${name}; there are ${[...all].join(', ')}`);
    return value;
  };
  const entity = (model: string): Entity => known(schema.entities.get(model), model, schema.entities.keys());
  return {
    schema,
    findings,
    database,
    dataSource,
    queries,
    entity,
    column: (model, name) => {
      const { columns } = entity(model);
      return known(
        columns.find((column) => column.name === name),
        `${model}.${name}`,
        columns.map((column) => column.name),
      );
    },
    reference: (name) =>
      known(
        schema.references.find((one) => one.name === name),
        name,
        schema.references.map((one) => one.name),
      ),
    link: (name) =>
      known(
        schema.links.find((one) => one.name === name),
        name,
        schema.links.map((one) => one.name),
      ),
    names: (child) => schema.references.filter((one) => one.child === child).map((one) => one.name),
    found: (kind) => findings.all.filter((one) => one.kind === kind).map((one) => one.on),
    under: async (own) => (await build(own, new Findings())).schema,
    close: async () => {
      await dataSource.destroy();
      await database.drop();
    },
  };
}

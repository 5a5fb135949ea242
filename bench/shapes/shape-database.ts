import type { DataSource } from 'typeorm';
import { DataSource as TypeOrmDataSource } from 'typeorm';
import type { ExportOptions, Policy } from '../../src/index.js';
import { openProfile } from '../../src/profiles/open-profile.js';
import { zulip } from '../../src/profiles/zulip/zulip.js';
import { dataSourceOf } from '../../src/source/data-source-of.js';
import type { Shape } from './shape.js';

/** The policy by which the tables of a shape take part: no entity maps them. */
export function shapePolicy({ object }: Shape): Policy {
  const [, table = ''] = object.split('.');
  return { models: { [table]: {} } };
}

export function shapeDataSource(url: string): Promise<DataSource> {
  return new TypeOrmDataSource({ type: 'postgres', url, entities: [] }).initialize();
}

/** The data source of a shape, and what its export goes by: the policy of its tables, or its profile. */
export async function openShape(
  url: string,
  shape: Shape,
): Promise<{ readonly dataSource: DataSource } & Pick<ExportOptions, 'policy' | 'rowPolicy'>> {
  if (shape.profile === undefined) return { dataSource: await shapeDataSource(url), policy: shapePolicy(shape) };
  const dataSource = await dataSourceOf(url);
  return { dataSource, ...(await openProfile({ profile: zulip, dataSource, values: {}, exports: true })) };
}

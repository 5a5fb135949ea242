import type { DataSource } from 'typeorm';
import { DataSource as TypeOrmDataSource } from 'typeorm';
import type { Policy } from '../../src/index.js';
import type { Shape } from './shape.js';

/** The policy by which the tables of a shape take part: no entity maps them. */
export function shapePolicy({ object }: Shape): Policy {
  const [, table = ''] = object.split('.');
  return { models: { [table]: {} } };
}

export function shapeDataSource(url: string): Promise<DataSource> {
  return new TypeOrmDataSource({ type: 'postgres', url, entities: [] }).initialize();
}

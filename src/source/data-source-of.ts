import type { DataSource } from 'typeorm';
import { makeSafe } from './safe-options.js';

/** A data source without entities for a connection string: what a profile needs. @throws UsageError INVALID_URL */
export async function dataSourceOf(url: string): Promise<DataSource> {
  const typeorm = await import('typeorm');
  const dataSource = new typeorm.DataSource({ type: 'postgres' });
  await makeSafe(dataSource, url);
  return dataSource;
}

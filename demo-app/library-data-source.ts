import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { libraryEntities } from './library-entities.js';

/** A data source of the library's entities on the database at `url`; not yet initialized. */
export function libraryDataSource(url: string): DataSource {
  return new DataSource({ type: 'postgres', url, entities: [...libraryEntities], synchronize: false, logging: false });
}

import type { EntitySchema } from 'typeorm';
import { DataSource } from 'typeorm';
import type { TestDatabase } from '../support/database.js';
import { inZone } from './in-zone.js';

export interface OwnWay {
  readonly entity: EntitySchema<object>;
  readonly parseInt8?: boolean | undefined;
  /** Startup options of the connections. */
  readonly from?: string;
  readonly to?: string;
  /** Time zones of the two processes. */
  readonly here: string;
  readonly there: string;
}

/** Moves the rows of an entity as TypeORM itself does: found, written as JSON, saved. Gives the error where that fails. */
export async function moveByTypeORM(source: TestDatabase, target: TestDatabase, way: OwnWay): Promise<unknown> {
  const { entity } = way;
  const open = ({ url }: TestDatabase, settings: string | undefined): Promise<DataSource> => {
    const options = settings === undefined ? {} : { extra: { options: settings } };
    const parseInt8 = way.parseInt8 ?? false;
    return new DataSource({ type: 'postgres', url, entities: [entity], parseInt8, ...options }).initialize();
  };
  const from = await open(source, way.from);
  const to = await open(target, way.to);
  try {
    const json = await inZone(way.here, async () => JSON.stringify(await from.getRepository(entity).find()));
    await inZone(way.there, () => to.getRepository(entity).save(JSON.parse(json) as object[]));
    return undefined;
  } catch (error) {
    return error;
  } finally {
    await from.destroy();
    await to.destroy();
  }
}

import { runStatements } from '../run-statements.js';
import type { Shape } from './shape.js';
import { startStandby } from './standby-server.js';
import { startPooler } from './transaction-pooler.js';

/** A database with the rows of a shape, as it is reached. */
export interface ShapePlace {
  readonly url: string;
  end(): Promise<void>;
}

/** Connections that the pooler shares out. */
const pooled = 4;

/** @param settings of the server, `name=value`, for a standby: that is one of its own */
export async function shapePlace(serverUrl: string, settings: readonly string[], shape: Shape): Promise<ShapePlace> {
  const { sql, analysed, through } = shape;
  const statements = [...sql, ...(analysed === false ? [] : ['VACUUM ANALYZE']), 'CHECKPOINT'];
  if (through === 'standby') {
    const standby = await startStandby(statements, settings);
    return { url: standby.url, end: () => standby.stop() };
  }
  const database = await ownDatabase(serverUrl);
  try {
    await runStatements(database.url, statements);
    if (through === undefined) return database;
    const pooler = await startPooler(database.url, pooled);
    return { url: pooler.url, end: () => pooler.close().then(() => database.end()) };
  } catch (error) {
    await database.end();
    throw error;
  }
}

async function ownDatabase(serverUrl: string): Promise<ShapePlace> {
  const name = `portolan_shapes_${String(process.pid)}`;
  const own = new URL(serverUrl);
  own.pathname = `/${name}`;
  const drop = `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`;
  await runStatements(serverUrl, [drop, `CREATE DATABASE ${name} TEMPLATE template0`]);
  return { url: own.href, end: () => runStatements(serverUrl, [drop]) };
}

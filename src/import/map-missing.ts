import { FailedError } from '../errors/portolan-error.js';

/** That all is well but for the id map. */
export function mapMissing(cause: unknown, path: string): FailedError {
  return new FailedError('ID_MAP_MISSING', `${path}: the id map has not got its name, but the objects are imported`, {
    cause,
    hint: 'Run the import again: it finds them there, writes none, and makes the map.',
  });
}

import { RefusedError } from '../errors/portolan-error.js';

/** An earlier map names a row that is gone: nobody knows what became of the object. */
export function staleMap(object: string, row: string): RefusedError {
  return new RefusedError('ID_MAP_STALE', `an id map says that ${object} is ${row}, which the target does not have`, {
    hint: 'Nothing was written. Take that line out of the map, or use the map of this target.',
  });
}

import { RefusedError } from '../errors/portolan-error.js';

/** What is read in several passes is another than it was. */
export function sourceChanged(name: string): RefusedError {
  return new RefusedError('ARCHIVE_CHANGED', `${name} was changed or replaced while it was read`, {
    hint: 'Nothing was written. Wait until whoever writes it is done, and begin again.',
  });
}

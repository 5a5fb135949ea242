import { UsageError } from '../errors/portolan-error.js';
import type { ObjectPlace } from './object-place.js';

export function objectExists({ url }: ObjectPlace, hint = 'Choose another name, or replace it with --force.'): UsageError {
  return new UsageError('OUTPUT_EXISTS', `${url} exists`, { hint });
}

import { RefusedError } from '../errors/portolan-error.js';

/** Somebody was faster. @param place what messages call where the files are */
export function fileCame(place: string, cause: unknown): RefusedError {
  return new RefusedError('FILE_EXISTS', `${place}: another file came to stand where one of the archive belongs`, { cause });
}

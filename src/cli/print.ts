import { fileError } from '../archive/file-error.js';

/** Writes to standard output, and waits until it is there. @throws FailedError BROKEN_PIPE, DISK_FULL */
export function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (error === null || error === undefined) resolve();
      else reject(fileError(error, 'standard output'));
    });
  });
}

/** What cannot be written there is told by who waits for it; nobody waits for the last words of a command that fails. */
export function watchStreams(): void {
  process.stdout.on('error', () => {
    process.exitCode ||= 1;
  });
  process.stderr.on('error', () => undefined);
}

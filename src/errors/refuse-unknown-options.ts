import { didYouMean } from './nearest-names.js';
import { UsageError } from './portolan-error.js';

/**
 * Refuses options that nobody would read, where no compiler has: with `dryrun` for `dryRun` an import would write.
 *
 * @param known every option, by name
 * @throws UsageError OPTION_VALUE
 */
export function refuseUnknownOptions(name: string, options: object, known: Readonly<Record<string, true>>): void {
  for (const option of Object.keys(options)) {
    if (Object.hasOwn(known, option)) continue;
    throw new UsageError('OPTION_VALUE', `${name} has no option "${option}"`, { hint: didYouMean(option, Object.keys(known)) });
  }
}

/** @throws UsageError OPTION_VALUE where the names of objects are no list of texts */
export function refuseOtherThanNames(name: string, objects: unknown): void {
  if (Array.isArray(objects) && objects.every((one) => typeof one === 'string')) return;
  throw new UsageError('OPTION_VALUE', `${name}: "objects" is no list of names`, {
    hint: "Write objects: ['app.Model.key'].",
  });
}

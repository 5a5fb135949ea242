import { UsageError } from '../errors/portolan-error.js';

/** @param where the converter, as the policy names it: `converters.0.models.Book` */
export function converterInvalid(where: string, problem: string, hint?: string, cause?: unknown): UsageError {
  return new UsageError('CONVERTER_INVALID', `${where}: ${problem}`, { hint, cause });
}

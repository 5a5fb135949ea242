import { FailedError } from '../errors/portolan-error.js';
import { lineLimit } from './limits.js';

/** @throws FailedError LINE_TOO_LONG for a line that no reader would take */
export function checkLines(lines: Buffer): void {
  for (let at = 0; at < lines.length;) {
    const next = lines.indexOf(0x0a, at);
    // A comma may still come to stand behind the last.
    const end = next < 0 ? lines.length + 1 : next;
    if (end - at > lineLimit) {
      const { model, pk } = tailOf(lines.subarray(at, end));
      throw new FailedError('LINE_TOO_LONG', `an object of ${model} takes more than ${String(lineLimit >> 20)} MiB in one line`, {
        hint: `Its pk is ${pk}. Leave its large column out with --exclude ${model}.FIELD.`,
      });
    }
    at = end + 1;
  }
}

/** Model and key stand behind an object's fields. */
function tailOf(line: Buffer): { readonly model: string; readonly pk: string } {
  const tail = line.subarray(-4096).toString();
  const [, model, pk] = /"model":"([^"]*)","pk":(.*?)(?:,"shared":true)?\}$/su.exec(tail) ?? [];
  return { model: model ?? 'one model', pk: pk ?? 'longer still' };
}

import type { Key } from '../closure/key.js';
import { isIntegerText, toIntegerKey } from '../closure/key.js';

/** Of which type the keys are that stand inside values. */
export type KeyForm = 'int2' | 'int4' | 'int8' | 'uuid' | 'text';

const bits = Object.freeze({ int2: 16, int4: 32, int8: 64 });
const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/iu;

/** The form of a column's values, as the schema or an archive's header tells of it. */
export function keyFormOf({
  kind,
  type,
  integer,
}: {
  readonly kind: string;
  readonly type: string;
  readonly integer?: 'int2' | 'int4' | 'int8' | undefined;
}): KeyForm {
  if (kind === 'integer') return integer ?? 'int8';
  return type === 'uuid' ? 'uuid' : 'text';
}

/** The key that a text stands for; undefined where no row can have it. The digits of a UUID may be capitals there. */
export function keyOfText(form: KeyForm, text: string): Key | undefined {
  switch (form) {
    case 'uuid':
      return uuid.test(text) ? text.toLowerCase() : undefined;
    case 'text':
      return text.includes('\0') ? undefined : text;
    case 'int2':
    case 'int4':
    case 'int8':
      return isIntegerText(text) && BigInt(text) === BigInt.asIntN(bits[form], BigInt(text)) ? toIntegerKey(text) : undefined;
  }
}

import {
  beforeKey,
  gluedEnds,
  gluedStarts,
  harmlessAfter,
  harmlessBefore,
  harmlessBeforeKey,
  placeable,
  placeWords,
  secretAlone,
  secretPairs,
  secretWords,
} from './secret-vocabulary.js';

/**
 * Whether a column's name says that its values are secrets: split at `_`, digits and capitals, it holds a secret word or phrase, and no
 * word around it that makes it harmless (design.md §3, what must never happen). Before the phrase these are `has`, `is`, `max`…, after
 * it `count`, `at`, `type`…: `time_based_otp_secret` is one, `secret_type` is none.
 *
 * @param siblings the names of the table's columns: a bare `hash` beside a `salt` is one
 */
export function isSecretName(name: string, siblings: readonly string[] = []): boolean {
  const words = splitName(name);
  const [only] = words;
  if (words.length === 1 && only !== undefined) return isSecretAlone(only, siblings);
  if (words.includes('private') && words.includes('key')) return !tellsAbout(words.slice(words.lastIndexOf('key')), 0);
  const last = words.findLastIndex((_, at) => isSecretAt(words, at));
  return last >= 0 && !tellsAbout(words, last) && !isPublicKey(words);
}

function isSecretAlone(word: string, siblings: readonly string[]): boolean {
  if (secretWords.has(word) || secretAlone.has(word) || isGlued(word)) return true;
  const isBare = word === 'hash' || word === 'digest' || word === 'seed';
  return (
    isBare && siblings.some((other) => other !== word && splitName(other).some((part) => part === 'salt' || part === 'salts'))
  );
}

/** Whether a secret phrase ends at this word. */
function isSecretAt(words: readonly string[], at: number): boolean {
  const word = words[at] ?? '';
  if (secretWords.has(word) || isGlued(word)) return true;
  const others = words.filter((_, place) => place !== at);
  if (word === 'key' || word === 'keys') return isSecretKey(words.slice(0, at));
  return secretPairs.some(([one, beside]) => one === word && others.some((other) => beside.has(other)));
}

function isSecretKey(before: readonly string[]): boolean {
  const direct = before.at(-1) ?? '';
  return beforeKey.has(direct) || (!harmlessBeforeKey.has(direct) && before.some((word) => beforeKey.has(word)));
}

/** Whether the words around the phrase's last one say that the value is about the secret, and not the secret. */
function tellsAbout(words: readonly string[], last: number): boolean {
  if (words.slice(0, last).some((word) => harmlessBefore.has(word))) return true;
  const after = words.slice(last + 1);
  if (after.some((word) => harmlessAfter.has(word))) return true;
  return after.some((word) => placeWords.has(word)) && placeable.has(words[last] ?? '');
}

function isPublicKey(words: readonly string[]): boolean {
  return words.includes('public') && words.some((word) => word === 'key' || word === 'keys');
}

/** Names that were camel case until PostgreSQL folded them: `passwordhash` is one, `passwordchangedat` tells about one. */
function isGlued(word: string): boolean {
  if (word.length < 6) return false;
  if (gluedEnds.some((end) => word.endsWith(end)))
    return !/^(has|is|needs|requires|public|max|total)(?=password|secret|token)/u.test(word);
  const start = gluedStarts.find((one) => word.startsWith(one));
  if (start === undefined) return false;
  const rest = word.slice(start.length);
  return ![...harmlessAfter].some(
    (harmless) => rest === harmless || (harmless.length > 3 && rest.includes(harmless)) || rest.endsWith('at'),
  );
}

/** `APIKey2_hash` → api, key, hash; `2fa` counts as mfa, `one_time` as one word. */
export function splitName(name: string): readonly string[] {
  return name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/2fa/giu, '_mfa_')
    .replace(/([a-z\d])([A-Z])/gu, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/gu, '$1_$2')
    .toLowerCase()
    .replace(/(?<![a-z])one_?time(?![a-z])/gu, 'onetime')
    .split(/[^a-z]+/u)
    .filter((word) => word !== '');
}

/** One step of a path through JSON. */
export type PathStep =
  | { readonly is: 'member'; readonly name: string }
  | { readonly is: 'element'; readonly index: number }
  | { readonly is: 'any-member' }
  | { readonly is: 'any-element' }
  /** Any number of members and elements, none too. */
  | { readonly is: 'any-depth' };

const step =
  /\.\*\*|\.\*|\[\*\]|\[(?<index>0|[1-9]\d{0,8})\]|\.(?<name>[\p{L}_][\p{L}\p{N}_$]*)|\.(?<quoted>"(?:[^"\\\p{Cc}]|\\.)*")/uy;

/**
 * Reads what is understood of PostgreSQL's SQL/JSON paths: `$`, `.name`, `."any name"`, `.*`, `[0]`, `[*]`, `.**`. Undefined for anything
 * else. No step looks into an array by itself: `[*]` says where one is.
 */
export function parseJsonPath(path: string): readonly PathStep[] | undefined {
  const text = path.trim();
  if (!text.startsWith('$')) return undefined;
  const steps: PathStep[] = [];
  for (let at = 1; at < text.length;) {
    step.lastIndex = at;
    const match = step.exec(text);
    const next = match === null ? undefined : stepOf(match[0], match.groups);
    if (next === undefined) return undefined;
    steps.push(next);
    at = step.lastIndex;
  }
  return Object.freeze(steps);
}

function stepOf(text: string, { index, name, quoted }: Readonly<Record<string, string | undefined>> = {}): PathStep | undefined {
  if (index !== undefined) return { is: 'element', index: Number(index) };
  if (name !== undefined) return { is: 'member', name };
  if (quoted !== undefined) return quotedMember(quoted);
  if (text === '[*]') return { is: 'any-element' };
  return text === '.**' ? { is: 'any-depth' } : { is: 'any-member' };
}

function quotedMember(quoted: string): PathStep | undefined {
  try {
    return { is: 'member', name: String(JSON.parse(quoted)) };
  } catch {
    return undefined;
  }
}

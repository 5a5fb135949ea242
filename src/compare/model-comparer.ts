import stringify from 'fast-json-stable-stringify';
import type { ArchiveEntity, ArchiveHeader, ArchiveObject } from '../archive/archive.js';
import { headerKeyShape } from '../archive/header-keys.js';
import type { Key } from '../closure/key.js';
import type { KeyShape } from '../values/archive-value.js';
import { memberKeys, objectLine } from '../values/object-values.js';
import { createRowEncoder } from '../values/row-encoder.js';
import type { LinkDifference } from './difference.js';
import type { MatchedColumn } from './matched-columns.js';
import { matchColumns } from './matched-columns.js';
import { objectNamer } from './object-namer.js';
import { Translated } from './translated.js';
import { withoutOther } from './without-other.js';

/** In what two versions of an object differ, by the first one's members. */
export interface Unlike {
  readonly columns: readonly string[];
  /** What the second one calls those columns. */
  readonly theirs: readonly string[];
  readonly links: readonly LinkDifference[];
}

/** Compares versions of objects of one model: every column that both archives have, and each link of the lists that both have. */
export type ModelComparer = (a: ArchiveObject, b: ArchiveObject) => Unlike | undefined;

interface ComparedLink {
  readonly member: string;
  readonly shapes: readonly [a: KeyShape, b: KeyShape];
  readonly names: readonly [a: (key: Key) => string, b: (key: Key) => string];
}

/** Both headers have the model, under the same key. */
export function modelComparer(a: ArchiveHeader, b: ArchiveHeader, model: string): ModelComparer {
  const [mine, theirs] = [entityOf(a, model), entityOf(b, model)];
  const columns = matchColumns(mine, theirs).both.filter(({ inKey }) => !inKey);
  const lineA = createRowEncoder(columns.map((column) => ({ member: column.a, inKey: false })));
  const lineB = createRowEncoder(columns.map((column) => ({ member: column.b, inKey: false })));
  const links: ComparedLink[] = Object.entries(mine.links).flatMap(([member, link]) => {
    const other = theirs.links[member];
    if (!Object.hasOwn(theirs.links, member) || other === undefined) return [];
    return [
      {
        member,
        shapes: [headerKeyShape(a, link.model), headerKeyShape(b, other.model)],
        names: [objectNamer(a, link.model), objectNamer(b, other.model)],
      },
    ];
  });
  const sameForm = stringify([mine.columns, mine.links]) === stringify([theirs.columns, theirs.links]);
  return (one, other) => {
    if (sameForm && !(one instanceof Translated) && objectLine(one).equals(objectLine(other))) return undefined;
    const [left, right] = [lineA(one), lineB(other)];
    const differing = withoutOther(one, left === right ? [] : differingColumns(columns, left, right), (version) =>
      differingColumns(columns, lineA(version), right),
    );
    const unlinked = links.flatMap((link) => compareLinks(link, one, other) ?? []);
    if (differing.length === 0 && unlinked.length === 0) return undefined;
    return { columns: differing.map((column) => column.a), theirs: differing.map((column) => column.b), links: unlinked };
  };
}

function differingColumns(columns: readonly MatchedColumn[], left: string, right: string): readonly MatchedColumn[] {
  const [mine, theirs] = [left.split('\t'), right.split('\t')];
  return columns.filter((_, at) => mine[at] !== theirs[at]);
}

function compareLinks({ member, shapes, names }: ComparedLink, a: ArchiveObject, b: ArchiveObject): LinkDifference | undefined {
  const mine = new Set(memberKeys(a, member, shapes[0]));
  const theirs = new Set(memberKeys(b, member, shapes[1]));
  const lost = a instanceof Translated ? (a.lost.get(member) ?? []) : [];
  const gone = [...lost, ...[...mine].filter((key) => !theirs.has(key))].map(names[0]);
  const come = [...theirs].filter((key) => !mine.has(key)).map(names[1]);
  return gone.length === 0 && come.length === 0 ? undefined : { member, insert: come, delete: gone };
}

function entityOf({ entities }: ArchiveHeader, model: string): ArchiveEntity {
  const entity = entities[model];
  if (entity === undefined) throw new TypeError(`the header has no ${model}`);
  return entity;
}

import type { ContentSummary } from '../archive/summarize-content.js';
import { countText } from './quantities.js';
import { table } from './table.js';
import { wrapWords } from './wrap-words.js';

const followed: ReadonlyMap<string, string> = new Map([
  ['dependencies', 'what the objects need'],
  ['owned', 'what belongs to the objects, and what all of that needs'],
  ['connected', 'everything around the objects'],
]);

const beyond = {
  error: 'nothing of others could leave',
  drop: 'what is of others stayed at home, with all that cannot be without it',
  stub: 'of others only key and natural key left',
} as const;

const rules: ReadonlyMap<string, string> = new Map([
  ['boundary', 'beyond the boundary'],
  ['exclude', 'excluded'],
]);

export interface PageOptions {
  /** The digest of the graph, where it was made. */
  readonly graph: string | undefined;
  /** Digests of approvals that the reader's own policy has, too. */
  readonly told: readonly string[];
  /** Of the tables that it describes: by them converters of a policy know it. */
  readonly fingerprints: { readonly models: Readonly<Record<string, string>>; readonly schema: string };
  /** Of the terminal, where there is one. */
  readonly columns: number | undefined;
}

/** The page that an administrator reads: what was asked for and approved, what left, what stayed at home. */
export async function contentPage(summary: ContentSummary, { graph, told, fingerprints, columns }: PageOptions): Promise<string> {
  const stayed = await stayedTable(summary);
  const groups = [
    asked(summary),
    approved(summary, told),
    left(summary),
    [await contentTable(summary, fingerprints.models)],
    [stayed ?? 'stayed at home: no row that was reached'],
    [
      `references that lead nowhere: ${count(summary.dangling, 'none')}`,
      `edited since it was exported: ${summary.edited ? 'yes' : 'no'}`,
      `fingerprint of the schema: ${fingerprints.schema}`,
      `sha256 of the content: ${summary.sha256}`,
      ...(graph === undefined ? [] : [`sha256 of the graph, whatever its keys: ${graph}`]),
    ],
  ];
  return groups.map((lines) => lines.flatMap((line) => fitted(line, columns)).join('\n')).join('\n\n');
}

function asked({ seeds, profile, follow, roots, boundary }: ContentSummary): readonly string[] {
  const rule = followed.get(follow);
  return [
    `asked for: ${listed(seeds)}`,
    `profile: ${profile === null ? 'none' : [profile.name, ...optionsOf(profile.options)].join(' ')}`,
    `followed: ${follow}${rule === undefined ? '' : ` (${rule})`}`,
    ...(roots.length === 0 ? [] : [`not entered: ${listed(roots)}`]),
    ...(Object.keys(boundary).length === 0
      ? ['boundary: none']
      : Object.entries(boundary).map(([model, action]) => `boundary: ${model} (${beyond[action]})`)),
  ];
}

function approved({ approvals, policy, made }: ContentSummary, told: readonly string[]): readonly string[] {
  return [
    ...(approvals.length === 0
      ? ['approval: none was asked for']
      : approvals.map(({ name, sha256 }) => {
          const same = told.includes(sha256) ? ', the one of --policy' : '';
          return `approval: within ${name === undefined ? '' : `"${name}", `}sha256 ${sha256}${same}`;
        })),
    `policy: ${policy === null ? 'none' : `sha256 ${policy}`}`,
    ...(made === null ? [] : [`made: ${made.date} by ${made.tool}`]),
  ];
}

function left({ highlight, total, links, bytes, files, secrets, replaced, withheld }: ContentSummary): readonly string[] {
  const linked = Object.values(links).reduce((sum, one) => sum + one, 0);
  return [
    ...Object.entries(highlight).map(([word, one]) => `${word}: ${countText(one)}`),
    `objects: ${countText(total)}, and ${countText(linked)} links`,
    ...(bytes === null ? [] : [`size: ${countText(bytes)} bytes before compression`]),
    `files beside the rows: ${files === null ? 'none' : `${countText(files.count)} (${countText(files.bytes)} bytes)`}`,
    `secrets that left: ${listed(secrets)}`,
    `other values left in: ${listed(replaced)}`,
    `withheld: ${listed(Object.keys(withheld))}`,
  ];
}

async function contentTable({ objects, links }: ContentSummary, fingerprints: Readonly<Record<string, string>>): Promise<string> {
  return await table(
    ['model', 'objects', 'fingerprint'],
    [
      ...Object.entries(objects).map(([model, one]) => [model, one, fingerprints[model] ?? '']),
      ...Object.entries(links).map(([name, one]) => [`${name} (links)`, one, '']),
    ],
  );
}

/** Undefined where nothing did. */
async function stayedTable({ external, leftOut }: ContentSummary): Promise<string | undefined> {
  const rows = [
    ...Object.entries(external).map(([model, one]) => [model, one, 'known by key and natural key only'] as const),
    ...leftOut.map(
      ({ model, rule, count: one }) =>
        [model, one, `${rules.get(rule) ?? `by the rule "${rule}"`}, or in need of such a row`] as const,
    ),
  ];
  if (rows.length === 0) return undefined;
  return table(
    ['stayed at home', 'why', 'rows'],
    rows.map(([model, one, why]) => [model, why, one]),
    2,
  );
}

function optionsOf(options: NonNullable<ContentSummary['profile']>['options']): readonly string[] {
  return Object.entries(options).map(([name, value]) => {
    if (value === true) return `--${name}`;
    if (value === 'given') return `--${name} …`;
    return typeof value === 'object' ? `--${name} (${String(value.count)} of them)` : `--${name} ${String(value)}`;
  });
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ');
}

function count(number: number, none: string): string {
  return number === 0 ? none : countText(number);
}

function fitted(line: string, columns: number | undefined): readonly string[] {
  if (columns === undefined || line.includes('\n')) return [line];
  return wrapWords(line, columns - 2).map((part, at) => (at === 0 ? part : `  ${part}`));
}

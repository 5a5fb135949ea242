import type { ArchiveFiles, ArchiveHeader, ArchiveTrailer } from './archive.js';

/** What somebody reads who is to approve that an archive goes on its way: what header and trailer tell, on one page. */
export interface ContentSummary {
  readonly seeds: readonly string[];
  readonly profile: NonNullable<ArchiveHeader['profile']> | null;
  readonly follow: string;
  readonly roots: readonly string[];
  readonly boundary: NonNullable<ArchiveHeader['boundary']>;
  readonly approvals: NonNullable<ArchiveHeader['approvals']>;
  /** The policy's digest. */
  readonly policy: string | null;
  readonly made: NonNullable<ArchiveHeader['volatile']> | null;
  readonly edited: boolean;
  /** By the word under which they are counted. */
  readonly highlight: Readonly<Record<string, number>>;
  readonly objects: Readonly<Record<string, number>>;
  readonly links: Readonly<Record<string, number>>;
  readonly total: number;
  /** Of header, objects and trailer, before compression; null where that was not read. */
  readonly bytes: number | null;
  readonly files: ArchiveFiles | null;
  readonly secrets: readonly string[];
  readonly replaced: readonly string[];
  readonly withheld: ArchiveHeader['withheld'];
  readonly includedSecrets: readonly string[];
  /** Rows that stayed at home, known by key and natural key, by model. */
  readonly external: Readonly<Record<string, number>>;
  readonly leftOut: ArchiveTrailer['leftOut'];
  /** How many references lead to no row. */
  readonly dangling: number;
  readonly sha256: string;
}

/** @param bytes of the archive's content, before compression */
export function summarizeContent(header: ArchiveHeader, trailer: ArchiveTrailer, bytes: number | undefined): ContentSummary {
  const { seeds, follow, roots, policy, withheld, includedSecrets } = header;
  const { objects, links, total, leftOut, sha256 } = trailer;
  const highlight = Object.entries(header.highlight ?? {}).map(([word, models]) => {
    const counts = [...new Set(models)].map((model) => (Object.hasOwn(objects, model) ? (objects[model] ?? 0) : 0));
    return [word, counts.reduce((sum, count) => sum + count, 0)] as const;
  });
  const external = new Map<string, number>();
  for (const { model } of trailer.external) external.set(model, (external.get(model) ?? 0) + 1);
  return {
    ...{ seeds, profile: header.profile ?? null, follow, roots, boundary: header.boundary ?? {} },
    ...{ approvals: header.approvals ?? [], policy, made: header.volatile ?? null, edited: header.edited ?? false },
    ...{ highlight: Object.fromEntries(highlight), objects, links, total, bytes: bytes ?? null, files: trailer.files ?? null },
    ...{ secrets: header.secrets ?? [], replaced: header.replaced ?? [], withheld, includedSecrets },
    ...{ external: Object.fromEntries(external), leftOut, dangling: trailer.dangling.length, sha256 },
  };
}

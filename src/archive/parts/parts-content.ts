import { RefusedError } from '../../errors/portolan-error.js';
import type { ArchiveContent, ContentPass, ContentVersion, FilesOfPass } from '../archive-content.js';
import type { ArchivePart, ArchiveTrailer } from '../archive.js';
import type { LineBatch } from '../read-lines.js';
import { linesOf } from '../read-lines.js';
import { CountedPart } from './counted-part.js';
import { ListedFiles } from './listed-files.js';
import type { Members } from './members.js';
import type { PartKind } from './part-order.js';
import { filesFolder, PartOrder } from './part-order.js';

/** An archive in parts: its lines one part after another, and each part against what the trailer tells of it. */
export class PartsContent implements ArchiveContent {
  readonly #members: Members;

  constructor(members: Members) {
    this.#members = members;
  }

  get path(): string {
    return this.#members.path;
  }

  pass(files: FilesOfPass): ContentPass {
    const seen: ArchivePart[] = [];
    const listed = new ListedFiles(this.path, files);
    return {
      lines: this.#lines(seen, listed),
      prove: (trailer) => {
        this.#compare(seen, trailer);
        listed.prove(trailer);
      },
    };
  }

  /** @throws RefusedError ARCHIVE_FILES where there are files, which nobody who edits lines thinks of */
  async *bytes(): AsyncGenerator<Buffer> {
    for await (const { name, chunks } of this.#members.read(true, () => undefined)) {
      if (name.startsWith(`${filesFolder}/`)) {
        throw new RefusedError('ARCHIVE_FILES', `${this.path} has files beside its rows: it cannot be sealed again`, {
          hint: 'Export it without files (--no-files), and edit that.',
        });
      }
      yield* chunks;
    }
  }

  version(): Promise<ContentVersion> {
    return this.#members.version();
  }

  async *#lines(seen: ArchivePart[], listed: ListedFiles): AsyncGenerator<LineBatch> {
    const order = new PartOrder(this.path);
    let read = 0;
    const onRead = (bytes: number): void => {
      read = bytes;
    };
    for await (const member of this.#members.read(listed.areLookedAt, onRead)) {
      const kind = order.next(member.name);
      const part = new CountedPart(member);
      if (kind === 'file') {
        await listed.file(part);
        continue;
      }
      for await (const batch of linesOf(part, this.path, () => read)) {
        this.#checkLines(member.name, kind, batch);
        if (kind === 'files') {
          await listed.list(member.name, batch);
          yield { ...batch, beside: true };
        } else yield batch;
      }
      if (kind === 'files') listed.endList();
      if (kind !== 'trailer') seen.push(part.facts());
    }
    order.end();
  }

  #checkLines(name: string, kind: PartKind, { ends, terminated }: LineBatch): void {
    if (!terminated) {
      throw new RefusedError('ARCHIVE_TRUNCATED', `${this.path}: ${name} is cut: its last line has no end`, { hint });
    }
    if ((kind === 'header' || kind === 'trailer') && ends.length > 1) throw this.#altered(name);
  }

  #compare(seen: readonly ArchivePart[], { parts = [] }: ArchiveTrailer): void {
    for (let at = 0; at < Math.max(parts.length, seen.length); at += 1) {
      const [told, found] = [parts[at], seen[at]];
      if (found === undefined) throw this.#damaged(`${told?.name ?? ''} is missing`);
      if (told === undefined) throw this.#damaged(`${found.name} is none of its parts`);
      if (told.name !== found.name || told.bytes !== found.bytes || told.sha256 !== found.sha256) throw this.#altered(found.name);
    }
  }

  #altered(name: string): RefusedError {
    return this.#damaged(`${name} is not what was written`);
  }

  #damaged(what: string): RefusedError {
    return new RefusedError('ARCHIVE_DAMAGED', `${this.path}: ${what}`, { hint });
  }
}

const hint = 'If you edited it on purpose: portolan verify --reseal. Else copy or export it again.';

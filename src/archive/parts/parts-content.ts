import { createHash } from 'node:crypto';
import { RefusedError } from '../../errors/portolan-error.js';
import type { ArchiveContent, ContentPass, ContentVersion } from '../archive-content.js';
import type { ArchivePart, ArchiveTrailer } from '../archive.js';
import type { LineBatch } from '../read-lines.js';
import { linesOf } from '../read-lines.js';
import type { Member, Members } from './members.js';
import type { PartKind } from './part-order.js';
import { PartOrder } from './part-order.js';

/** An archive in parts: its lines one part after another, and each part against what the trailer tells of it. */
export class PartsContent implements ArchiveContent {
  readonly #members: Members;

  constructor(members: Members) {
    this.#members = members;
  }

  get path(): string {
    return this.#members.path;
  }

  pass(): ContentPass {
    const seen: ArchivePart[] = [];
    return {
      lines: this.#lines(seen),
      prove: (trailer) => {
        this.#compare(seen, trailer);
      },
    };
  }

  async *bytes(): AsyncGenerator<Buffer> {
    for await (const { chunks } of this.#members.read(() => undefined)) yield* chunks;
  }

  version(): Promise<ContentVersion> {
    return this.#members.version();
  }

  async *#lines(seen: ArchivePart[]): AsyncGenerator<LineBatch> {
    const order = new PartOrder(this.path);
    let read = 0;
    const onRead = (bytes: number): void => {
      read = bytes;
    };
    for await (const member of this.#members.read(onRead)) {
      const kind = order.next(member.name);
      const part = new CountedPart(member);
      for await (const batch of linesOf(part, this.path, () => read)) {
        this.#checkLines(member.name, kind, batch);
        yield batch;
      }
      if (kind !== 'trailer') seen.push(part.facts());
    }
    order.end();
  }

  #checkLines(name: string, kind: PartKind, { ends, terminated }: LineBatch): void {
    if (!terminated) {
      throw new RefusedError('ARCHIVE_TRUNCATED', `${this.path}: ${name} is cut: its last line has no end`, { hint });
    }
    if (kind !== 'objects' && ends.length > 1) throw this.#altered(name);
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

/** Counts what is read of a member. */
class CountedPart implements AsyncIterable<Buffer> {
  readonly #member: Member;
  readonly #hash = createHash('sha256');
  #bytes = 0;

  constructor(member: Member) {
    this.#member = member;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for await (const chunk of this.#member.chunks) {
      this.#bytes += chunk.length;
      this.#hash.update(chunk);
      yield chunk;
    }
  }

  facts(): ArchivePart {
    return { name: this.#member.name, bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }
}

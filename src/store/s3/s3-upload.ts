import { createHash, randomUUID } from 'node:crypto';
import type { CompletedPart, S3Client } from '@aws-sdk/client-s3';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { contentType } from '../content-type.js';
import type { SourceFacts } from '../byte-source.js';
import type { ObjectPlace } from '../object-place.js';
import type { ObjectCondition, ObjectUpload } from '../object-store.js';
import { briefPatience, longPatience, patiently } from '../patience.js';
import { asUnsettled } from '../store-failure.js';
import { s3Failure } from './s3-failure.js';

const mebibyte = 1024 * 1024;

/** S3 takes 10,000 parts: after the first thousand they are larger, so that no archive is too long. */
const [smallPart, largePart, smallParts] = [8 * mebibyte, 64 * mebibyte, 1000];

/** The most that one part of a copy is: S3 takes up to 5 GiB, 10,000 times. */
const copiedPart = 1024 * mebibyte;

/** By it an object is known as the one that this upload made, where the answer to that was lost. */
const mark = 'portolan-upload';

/** A multipart upload; what fits into one part is put at once. Each part has its MD5, which the store checks. */
export class S3Upload implements ObjectUpload {
  readonly #client: S3Client;
  readonly #object: { readonly Bucket: string; readonly Key: string };
  readonly #condition: ObjectCondition;
  readonly #mark = randomUUID();
  readonly #smallPart: number;
  readonly #parts: CompletedPart[] = [];
  #uploadId: string | undefined;

  constructor(client: S3Client, { bucket, path }: ObjectPlace, condition: ObjectCondition, partBytes = smallPart) {
    this.#smallPart = partBytes;
    this.#client = client;
    this.#object = { Bucket: bucket, Key: path };
    this.#condition = condition;
  }

  get partBytes(): number {
    return this.#parts.length < smallParts ? this.#smallPart : largePart;
  }

  async start(): Promise<void> {
    if (this.#uploadId !== undefined) return;
    const command = new CreateMultipartUploadCommand({ ...this.#object, ...this.#description() });
    const { UploadId } = await patiently(briefPatience, undefined, (abortSignal) =>
      this.#client.send(command, { abortSignal }).catch(asFailure),
    );
    this.#uploadId = UploadId;
  }

  async put(part: Buffer, signal: AbortSignal | undefined): Promise<boolean> {
    await this.start();
    const PartNumber = this.#parts.length + 1;
    const command = new UploadPartCommand({
      ...this.#object,
      UploadId: this.#uploadId,
      PartNumber,
      Body: part,
      ContentLength: part.length,
      ContentMD5: md5Of(part),
    });
    let attempts = 0;
    const { ETag } = await patiently(longPatience, signal, (abortSignal) => {
      attempts += 1;
      return this.#client.send(command, { abortSignal }).catch(asFailure);
    });
    this.#parts.push({ ETag, PartNumber });
    return attempts === 1;
  }

  async finish(last: Buffer, signal: AbortSignal | undefined): Promise<void> {
    if (this.#uploadId === undefined) {
      const ContentMD5 = md5Of(last);
      const content = { Body: last, ContentLength: last.length, ContentMD5 };
      const command = new PutObjectCommand({ ...this.#object, ...this.#description(), ...content, ...this.#conditions() });
      signal?.throwIfAborted();
      await this.#settle((abortSignal) => this.#client.send(command, { abortSignal }));
      return;
    }
    await this.put(last, signal);
    signal?.throwIfAborted();
    await this.#complete();
  }

  /**
   * Its parts are those of another object of the store. Not CopyObject: not every store gives that a condition
   * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html).
   */
  async copy({ bucket, path }: ObjectPlace, { version, size }: SourceFacts): Promise<void> {
    // A part is not copied of nothing.
    if (size === 0) {
      await this.finish(Buffer.alloc(0), undefined);
      return;
    }
    await this.start();
    for (let start = 0; start < size; start += copiedPart) {
      const PartNumber = this.#parts.length + 1;
      const command = new UploadPartCopyCommand({
        ...this.#object,
        UploadId: this.#uploadId,
        PartNumber,
        CopySource: [bucket, ...path.split('/')].map(encodeURIComponent).join('/'),
        CopySourceIfMatch: version,
        CopySourceRange: `bytes=${String(start)}-${String(Math.min(start + copiedPart, size) - 1)}`,
      });
      const { CopyPartResult } = await patiently(longPatience, undefined, (abortSignal) =>
        this.#client.send(command, { abortSignal }).catch(asFailure),
      );
      this.#parts.push({ ETag: CopyPartResult?.ETag, PartNumber });
    }
    await this.#complete();
  }

  async #complete(): Promise<void> {
    const command = new CompleteMultipartUploadCommand({
      ...this.#object,
      UploadId: this.#uploadId,
      MultipartUpload: { Parts: this.#parts },
      ...this.#conditions(),
    });
    await this.#settle((abortSignal) => this.#client.send(command, { abortSignal }));
    this.#uploadId = undefined;
  }

  /** Parts that were taken cost money until they are given up. */
  async cancel(): Promise<void> {
    const UploadId = this.#uploadId;
    if (UploadId === undefined) return;
    this.#uploadId = undefined;
    const command = new AbortMultipartUploadCommand({ ...this.#object, UploadId });
    await patiently({ delays: [500], timeout: 2000 }, undefined, (abortSignal) =>
      this.#client.send(command, { abortSignal }).catch(asFailure),
    ).catch(() => undefined);
  }

  /** What an attempt did whose answer was lost stands in the way of the next: the object is looked at before that is believed. */
  async #settle(send: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
    await patiently(longPatience, undefined, async (signal) => {
      try {
        await send(signal);
      } catch (error) {
        const failure = s3Failure(error);
        if (failure.kind === 'passing' || !(await this.#isThere(signal))) throw failure;
      }
    }).catch(asUnsettled);
  }

  async #isThere(abortSignal: AbortSignal): Promise<boolean> {
    try {
      const { Metadata } = await this.#client.send(new HeadObjectCommand(this.#object), { abortSignal });
      return Metadata?.[mark] === this.#mark;
    } catch (error) {
      const failure = s3Failure(error);
      if (failure.kind === 'passing') throw failure;
      return false;
    }
  }

  #description(): { readonly ContentType: string; readonly Metadata: Readonly<Record<string, string>> } {
    return { ContentType: contentType(this.#object.Key), Metadata: { [mark]: this.#mark } };
  }

  #conditions(): { readonly IfNoneMatch?: string; readonly IfMatch?: string } {
    switch (this.#condition.kind) {
      case 'nothing':
        return { IfNoneMatch: '*' };
      case 'version':
        return { IfMatch: this.#condition.version };
      case 'anything':
        return {};
    }
  }
}

function md5Of(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('base64');
}

function asFailure(error: unknown): never {
  throw s3Failure(error);
}

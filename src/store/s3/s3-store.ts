import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import type { SourceFacts } from '../byte-source.js';
import type { ObjectPlace } from '../object-place.js';
import type { ObjectCondition, ObjectFacts, ObjectNames, ObjectStore, ObjectUpload } from '../object-store.js';
import { StoreFailure } from '../store-failure.js';
import { s3Failure } from './s3-failure.js';
import { S3Upload } from './s3-upload.js';

/** S3 and what speaks its protocol: credentials, region and endpoint (`AWS_ENDPOINT_URL_S3`) are found by the client's own rules. */
export function createS3Store(): ObjectStore {
  const { AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL } = process.env;
  return new S3Store(
    new S3Client({
      followRegionRedirects: true,
      // Servers other than Amazon's seldom have a name for each bucket, and do not all know the checksums of their own accord: each
      // part has its MD5, which all of them check.
      forcePathStyle: (AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL) !== undefined,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    }),
  );
}

class S3Store implements ObjectStore {
  readonly #client: S3Client;

  constructor(client: S3Client) {
    this.#client = client;
  }

  async look({ bucket, path }: ObjectPlace, abortSignal: AbortSignal): Promise<ObjectFacts | undefined> {
    try {
      const command = new HeadObjectCommand({ Bucket: bucket, Key: path });
      const {
        ETag = '',
        ContentLength = 0,
        LastModified,
        ContentType,
        Metadata,
      } = await this.#client.send(command, { abortSignal });
      return {
        version: ETag,
        size: ContentLength,
        modified: LastModified ?? new Date(0),
        contentType: ContentType ?? null,
        metadata: Metadata ?? {},
      };
    } catch (error) {
      const failure = s3Failure(error);
      if (failure.kind !== 'no object') throw failure;
      // An answer to HEAD has no text that tells which of the two is missing.
      await this.#requireBucket(bucket, abortSignal);
      return undefined;
    }
  }

  async read(
    { bucket, path }: ObjectPlace,
    version: string,
    start: number,
    end: number,
    abortSignal: AbortSignal,
  ): Promise<Buffer> {
    try {
      const Range = `bytes=${String(start)}-${String(end - 1)}`;
      const command = new GetObjectCommand({ Bucket: bucket, Key: path, Range, IfMatch: version });
      const { Body } = await this.#client.send(command, { abortSignal });
      const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    } catch (error) {
      throw s3Failure(error);
    }
  }

  async list(bucket: string, prefix: string, from: string | undefined, abortSignal: AbortSignal): Promise<ObjectNames> {
    try {
      const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: from });
      const { Contents = [], NextContinuationToken } = await this.#client.send(command, { abortSignal });
      return { paths: Contents.flatMap(({ Key }) => Key ?? []), next: NextContinuationToken };
    } catch (error) {
      throw s3Failure(error);
    }
  }

  upload(place: ObjectPlace, condition: ObjectCondition, partBytes?: number): ObjectUpload {
    return new S3Upload(this.#client, place, condition, partBytes);
  }

  async copy(from: ObjectPlace, facts: SourceFacts, to: ObjectPlace, condition: ObjectCondition): Promise<void> {
    const upload = new S3Upload(this.#client, to, condition);
    try {
      await upload.copy(from, facts);
    } catch (error) {
      await upload.cancel();
      throw error;
    }
  }

  async remove({ bucket, path }: ObjectPlace): Promise<void> {
    try {
      await this.#client.send(new DeleteObjectCommand({ Bucket: bucket, Key: path }));
    } catch (error) {
      const failure = s3Failure(error);
      if (failure.kind !== 'no object') throw failure;
    }
  }

  /** Who may not ask is told nothing. */
  async #requireBucket(bucket: string, abortSignal: AbortSignal): Promise<void> {
    try {
      await this.#client.send(new HeadBucketCommand({ Bucket: bucket }), { abortSignal });
    } catch (error) {
      const failure = s3Failure(error);
      if (failure.kind === 'no object' || failure.kind === 'no bucket') throw new StoreFailure('no bucket', failure.message);
    }
  }
}

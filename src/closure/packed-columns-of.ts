import type { Entity } from '../schema/schema.js';
import type { PackedColumn } from './packed-column.js';
import { packedInteger, packedText, packedUuid } from './packed-column.js';

/** How an entity's key stands in bytes; undefined where no bytes have its order. */
export function packedColumnsOf(entity: Pick<Entity, 'columns' | 'key'>): readonly PackedColumn[] | undefined {
  const columns = entity.key.map((name) => packedColumn(entity, name));
  const packed = columns.filter((column) => column !== undefined);
  return packed.length === 0 || packed.length < columns.length ? undefined : packed;
}

/** Numbers of any precision have an order that bytes have not. */
function packedColumn({ columns }: Pick<Entity, 'columns'>, name: string): PackedColumn | undefined {
  const column = columns.find((one) => one.name === name);
  switch (column?.kind) {
    case 'integer':
      return packedInteger;
    case 'number':
      return undefined;
    case 'boolean':
    case 'text':
    case undefined:
      return column?.type === 'uuid' ? packedUuid : packedText;
  }
}

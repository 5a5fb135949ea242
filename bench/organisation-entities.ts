import { EntitySchema, EntitySchemaOptions } from 'typeorm';
import type { EntitySchemaRelationOptions } from 'typeorm';
import type { KeyType } from './organisation-schema.js';

const integerKey = { type: 'integer', primary: true, generated: 'increment' } as const;
const bigKey = { type: 'bigint', primary: true, generated: 'increment' } as const;
const uuidKey = { type: 'uuid', primary: true } as const;

function manyToOne(target: string, column: string, nullable = false): EntitySchemaRelationOptions {
  return { type: 'many-to-one', target, joinColumn: { name: column }, nullable };
}

type Row = Record<string, unknown>;

/** The benchmark's seven tables; `task_label` is a join table, and so no entity. */
export function organisationEntities(keys: KeyType): readonly EntitySchema<Row>[] {
  const [small, big] = keys === 'uuid' ? [uuidKey, uuidKey] : [integerKey, bigKey];
  return [
    table({
      name: 'Organisation',
      tableName: 'organisation',
      columns: {
        id: integerKey,
        name: { type: 'text' },
        slug: { type: 'varchar', length: 80, unique: true },
        createdAt: moment('created_at'),
      },
    }),
    table({
      name: 'Member',
      tableName: 'member',
      columns: {
        id: big,
        email: { type: 'varchar', length: 254, unique: true },
        name: { type: 'text' },
        active: { type: 'boolean' },
        joined: { type: 'date' },
        settings: { type: 'jsonb' },
      },
      relations: { organisation: manyToOne('Organisation', 'organisation_id'), manager: manyToOne('Member', 'manager_id', true) },
    }),
    table({
      name: 'Project',
      tableName: 'project',
      columns: { id: small, name: { type: 'text' }, budget: { type: 'numeric', precision: 12, scale: 2 } },
      relations: { organisation: manyToOne('Organisation', 'organisation_id'), lead: manyToOne('Member', 'lead_id', true) },
    }),
    table({
      name: 'Label',
      tableName: 'label',
      columns: { id: small, name: { type: 'varchar', length: 50 }, colour: { type: 'char', length: 6 } },
      relations: { organisation: manyToOne('Organisation', 'organisation_id') },
    }),
    table({
      name: 'Task',
      tableName: 'task',
      columns: {
        id: big,
        title: { type: 'varchar', length: 200 },
        description: { type: 'text' },
        priority: { type: 'smallint' },
        estimate: { type: 'double precision', nullable: true },
        done: { type: 'boolean' },
        createdAt: moment('created_at'),
      },
      relations: {
        project: manyToOne('Project', 'project_id'),
        assignee: manyToOne('Member', 'assignee_id', true),
        labels: {
          type: 'many-to-many',
          target: 'Label',
          joinTable: { name: 'task_label', joinColumn: { name: 'task_id' }, inverseJoinColumn: { name: 'label_id' } },
        },
      },
    }),
    table({
      name: 'Comment',
      tableName: 'comment',
      columns: {
        id: big,
        body: { type: 'text' },
        createdAt: moment('created_at'),
        editedAt: { ...moment('edited_at'), nullable: true },
      },
      relations: { task: manyToOne('Task', 'task_id'), author: manyToOne('Member', 'author_id') },
    }),
  ];
}

function moment(name: string): { readonly type: 'timestamptz'; readonly name: string } {
  return { type: 'timestamptz', name };
}

function table(options: Pick<EntitySchemaOptions<Row>, 'name' | 'tableName' | 'columns' | 'relations'>): EntitySchema<Row> {
  return new EntitySchema(Object.assign(new EntitySchemaOptions<Row>(), options));
}

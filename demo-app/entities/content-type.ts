import { Column, Entity, OneToMany, PrimaryGeneratedColumn, Unique } from 'typeorm';
import type { Relation } from 'typeorm';
import { Permission } from './permission.js';

/** What a permission is about. `portolan.policy.ts` gives it its app: the table's name does not say `contenttypes`. */
@Entity('django_content_type')
@Unique('django_content_type_app_label_model_76bd3d3b_uniq', ['appLabel', 'model'])
export class ContentType {
  @PrimaryGeneratedColumn('identity', { type: 'integer', generatedIdentity: 'BY DEFAULT' })
  id!: number;

  @Column('varchar', { name: 'app_label', length: 100 })
  appLabel!: string;

  @Column('varchar', { length: 100 })
  model!: string;

  @OneToMany(() => Permission, (permission) => permission.contentType)
  permissions!: Relation<Permission>[];
}

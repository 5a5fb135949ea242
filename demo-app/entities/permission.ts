import { Column, Entity, JoinColumn, ManyToMany, ManyToOne, PrimaryGeneratedColumn, Unique } from 'typeorm';
import type { Relation } from 'typeorm';
import { ContentType } from './content-type.js';
import { Group } from './group.js';
import { User } from './user.js';

@Entity('auth_permission')
@Unique('auth_permission_content_type_id_codename_01ab375a_uniq', ['contentType', 'codename'])
export class Permission {
  @PrimaryGeneratedColumn('identity', { type: 'integer', generatedIdentity: 'BY DEFAULT' })
  id!: number;

  @Column('varchar', { length: 255 })
  name!: string;

  @Column('varchar', { length: 100 })
  codename!: string;

  @ManyToOne(() => ContentType, (contentType) => contentType.permissions, { nullable: false, deferrable: 'INITIALLY DEFERRED' })
  @JoinColumn({ name: 'content_type_id' })
  contentType!: Relation<ContentType>;

  @ManyToMany(() => Group, (group) => group.permissions)
  groups!: Relation<Group>[];

  @ManyToMany(() => User, (user) => user.permissions)
  users!: Relation<User>[];
}

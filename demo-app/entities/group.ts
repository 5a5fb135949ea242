import { Column, Entity, JoinTable, ManyToMany, PrimaryGeneratedColumn, Unique } from 'typeorm';
import type { Relation } from 'typeorm';
import { Permission } from './permission.js';
import { User } from './user.js';

@Entity('auth_group')
@Unique('auth_group_name_key', ['name'])
export class Group {
  @PrimaryGeneratedColumn('identity', { type: 'integer', generatedIdentity: 'BY DEFAULT' })
  id!: number;

  @Column('varchar', { length: 150 })
  name!: string;

  @ManyToMany(() => Permission, (permission) => permission.groups)
  @JoinTable({ name: 'auth_group_permissions', joinColumn: { name: 'group_id' }, inverseJoinColumn: { name: 'permission_id' } })
  permissions!: Relation<Permission>[];

  @ManyToMany(() => User, (user) => user.groups)
  users!: Relation<User>[];
}

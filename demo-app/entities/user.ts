import { Column, Entity, JoinTable, ManyToMany, OneToMany, OneToOne, PrimaryGeneratedColumn, Unique } from 'typeorm';
import type { Relation } from 'typeorm';
import { BookInstance } from './book-instance.js';
import { Group } from './group.js';
import { Permission } from './permission.js';
import { Profile } from './profile.js';

@Entity('auth_user')
@Unique('auth_user_username_key', ['username'])
export class User {
  @PrimaryGeneratedColumn('identity', { type: 'integer', generatedIdentity: 'BY DEFAULT' })
  id!: number;

  /** Required, without a default, and never in an archive. */
  @Column('varchar', { length: 128 })
  password!: string;

  @Column('timestamp with time zone', { name: 'last_login', nullable: true })
  lastLogin!: Date | null;

  @Column('boolean', { name: 'is_superuser' })
  isSuperuser!: boolean;

  @Column('varchar', { length: 150 })
  username!: string;

  @Column('varchar', { name: 'first_name', length: 150 })
  firstName!: string;

  @Column('varchar', { name: 'last_name', length: 150 })
  lastName!: string;

  @Column('varchar', { length: 254 })
  email!: string;

  @Column('boolean', { name: 'is_staff' })
  isStaff!: boolean;

  @Column('boolean', { name: 'is_active' })
  isActive!: boolean;

  @Column('timestamp with time zone', { name: 'date_joined' })
  dateJoined!: Date;

  @ManyToMany(() => Group, (group) => group.users)
  @JoinTable({ name: 'auth_user_groups', joinColumn: { name: 'user_id' }, inverseJoinColumn: { name: 'group_id' } })
  groups!: Relation<Group>[];

  @ManyToMany(() => Permission, (permission) => permission.users)
  @JoinTable({
    name: 'auth_user_user_permissions',
    joinColumn: { name: 'user_id' },
    inverseJoinColumn: { name: 'permission_id' },
  })
  permissions!: Relation<Permission>[];

  @OneToOne(() => Profile, (profile) => profile.user)
  profile!: Relation<Profile> | null;

  @OneToMany(() => BookInstance, (copy) => copy.borrower)
  borrowed!: Relation<BookInstance>[];
}

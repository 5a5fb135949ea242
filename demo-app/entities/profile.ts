import { Check, Column, Entity, JoinColumn, OneToOne, PrimaryGeneratedColumn } from 'typeorm';
import type { Relation } from 'typeorm';
import { User } from './user.js';

@Entity('demoapp_profile')
@Check('demoapp_profile_role_check', 'role >= 0')
export class Profile {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'BY DEFAULT' })
  id!: string;

  @Column('varchar', { length: 30 })
  location!: string;

  @Column('date', { nullable: true })
  birthdate!: string | null;

  /** 1 student, 2 teacher, 3 supervisor. */
  @Column('smallint', { nullable: true })
  role!: number | null;

  @OneToOne(() => User, (user) => user.profile, { nullable: false, deferrable: 'INITIALLY DEFERRED' })
  @JoinColumn({ name: 'user_id' })
  user!: Relation<User>;
}

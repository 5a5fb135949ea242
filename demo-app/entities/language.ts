import { Column, Entity, OneToMany, PrimaryGeneratedColumn } from 'typeorm';
import type { Relation } from 'typeorm';
import { Book } from './book.js';

@Entity('demoapp_language')
export class Language {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'BY DEFAULT' })
  id!: string;

  @Column('varchar', { length: 200 })
  name!: string;

  @OneToMany(() => Book, (book) => book.language)
  books!: Relation<Book>[];
}

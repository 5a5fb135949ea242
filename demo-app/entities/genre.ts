import { Column, Entity, ManyToMany, PrimaryGeneratedColumn } from 'typeorm';
import type { Relation } from 'typeorm';
import { Book } from './book.js';

@Entity('demoapp_genre')
export class Genre {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'BY DEFAULT' })
  id!: string;

  @Column('varchar', { length: 200 })
  name!: string;

  @ManyToMany(() => Book, (book) => book.genre)
  books!: Relation<Book>[];
}

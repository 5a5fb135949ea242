import { Column, Entity, JoinColumn, JoinTable, ManyToMany, ManyToOne, OneToMany, PrimaryGeneratedColumn, Unique } from 'typeorm';
import type { Relation } from 'typeorm';
import { Author } from './author.js';
import { BookInstance } from './book-instance.js';
import { Genre } from './genre.js';
import { Language } from './language.js';

@Entity('demoapp_book')
@Unique('demoapp_book_isbn_key', ['isbn'])
export class Book {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'BY DEFAULT' })
  id!: string;

  @Column('varchar', { length: 200 })
  title!: string;

  @Column('text')
  summary!: string;

  @Column('varchar', { length: 13 })
  isbn!: string;

  @ManyToOne(() => Author, (author) => author.books, { nullable: true, deferrable: 'INITIALLY DEFERRED' })
  @JoinColumn({ name: 'author_id' })
  author!: Relation<Author> | null;

  @ManyToOne(() => Language, (language) => language.books, { nullable: true, deferrable: 'INITIALLY DEFERRED' })
  @JoinColumn({ name: 'language_id' })
  language!: Relation<Language> | null;

  @ManyToMany(() => Genre, (genre) => genre.books)
  @JoinTable({ name: 'demoapp_book_genre', joinColumn: { name: 'book_id' }, inverseJoinColumn: { name: 'genre_id' } })
  genre!: Relation<Genre>[];

  @OneToMany(() => BookInstance, (copy) => copy.book)
  copies!: Relation<BookInstance>[];
}

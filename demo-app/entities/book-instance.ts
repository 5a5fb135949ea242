import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import type { Relation } from 'typeorm';
import { Book } from './book.js';
import { User } from './user.js';

/** One copy of a book: the thing on the shelf, which somebody may have borrowed. */
@Entity('demoapp_bookinstance')
export class BookInstance {
  /** Given by the application: the table has no default. */
  @PrimaryColumn('uuid')
  id!: string;

  @Column('varchar', { length: 200 })
  imprint!: string;

  @Column('date', { name: 'due_back', nullable: true })
  dueBack!: string | null;

  /** `a` available, `o` on loan, `r` reserved, `d` in maintenance. */
  @Column('varchar', { length: 1 })
  status!: string;

  @ManyToOne(() => Book, (book) => book.copies, { nullable: true, deferrable: 'INITIALLY DEFERRED' })
  @JoinColumn({ name: 'book_id' })
  book!: Relation<Book> | null;

  @ManyToOne(() => User, (user) => user.borrowed, { nullable: true, deferrable: 'INITIALLY DEFERRED' })
  @JoinColumn({ name: 'borrower_id' })
  borrower!: Relation<User> | null;
}

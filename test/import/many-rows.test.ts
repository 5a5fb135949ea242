import { expect } from 'chai';
import { Column, Entity, JoinTable, ManyToMany, PrimaryColumn } from 'typeorm';
import { rowsOf, setOut } from '../support/journey.js';

@Entity()
class Word {
  @PrimaryColumn('text') text!: string;
  @Column('int') length!: number;
}

@Entity()
class Chapter {
  @PrimaryColumn('int') id!: number;
  @ManyToMany(() => Word) @JoinTable() words!: object[];
}

describe('more rows and links than a statement has parameters', () => {
  it('are exported, imported and written over (T-30)', async function () {
    this.timeout(300_000);
    const journey = await setOut({
      entities: [Word, Chapter],
      rows: `INSERT INTO word SELECT i, i % 7 FROM generate_series(1, 66000) i; INSERT INTO chapter VALUES (1);
        INSERT INTO chapter_words_word SELECT 1, text FROM word`,
    });
    try {
      const words = await journey.from.getRepository(Word).find({ take: 33_000 });
      const inserted: unknown = await journey.to
        .getRepository(Word)
        .insert(words)
        .catch((error: unknown) => error);
      expect(inserted).to.be.instanceOf(Error);

      expect(await journey.export(['chapter.1'])).to.have.length(66_001);
      await journey.import();
      const tables = ['word', 'chapter', 'chapter_words_word'];
      const rows = await rowsOf(journey.source, tables);
      expect(await rowsOf(journey.target, tables)).to.deep.equal(rows);
      await journey.target.query('UPDATE word SET length = -1; DELETE FROM chapter_words_word');
      expect((await journey.import({ onConflict: 'override' })).plan.update).to.deep.equal({ 'public.word': 66_000 });
      expect(await rowsOf(journey.target, tables)).to.deep.equal(rows);
    } finally {
      await journey.end();
    }
  });
});

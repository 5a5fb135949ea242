import type { FollowRule } from '../../src/index.js';
import type { MakeShape } from './shape.js';
import { numbers, scaled } from './shape.js';

/** One country that all citizens reference, met from the passport of one of them. */
export function hub(follow: FollowRule): MakeShape {
  return (scale) => ({
    sql: [
      `CREATE TABLE country (id integer PRIMARY KEY, name text NOT NULL);
       CREATE TABLE citizen (id bigint PRIMARY KEY, country_id integer NOT NULL, name text NOT NULL);
       CREATE TABLE passport (id integer PRIMARY KEY, citizen_id bigint NOT NULL);
       CREATE TABLE stamp (id integer PRIMARY KEY, passport_id integer NOT NULL, place text NOT NULL)`,
      `INSERT INTO country VALUES (1, 'Portolania'), (2, 'Nowhere')`,
      `INSERT INTO citizen SELECT i, 1, 'Citizen ' || i FROM ${numbers(scaled(5_000_000, scale))}`,
      `INSERT INTO passport SELECT i, i FROM generate_series(1, 4) i`,
      `INSERT INTO stamp SELECT i, i % 2 + 1, 'Port ' || i FROM generate_series(1, 6) i`,
      `CREATE INDEX ON citizen (country_id); CREATE INDEX ON passport (citizen_id); CREATE INDEX ON stamp (passport_id);
       ALTER TABLE citizen ADD FOREIGN KEY (country_id) REFERENCES country;
       ALTER TABLE passport ADD FOREIGN KEY (citizen_id) REFERENCES citizen;
       ALTER TABLE stamp ADD FOREIGN KEY (passport_id) REFERENCES passport`,
    ],
    object: 'public.passport.2',
    follow,
    objects: {
      country: 'SELECT * FROM country WHERE id = 1',
      citizen: follow === 'connected' ? 'SELECT * FROM citizen' : 'SELECT * FROM citizen WHERE id = 2',
      passport: 'SELECT * FROM passport WHERE id = 2',
      stamp: follow === 'dependencies' ? 'SELECT * FROM stamp WHERE false' : 'SELECT * FROM stamp WHERE passport_id = 2',
    },
  });
}

/** Each of ten thousand items has two hundred of ten thousand tags. */
export const manyToMany: MakeShape = (scale) => {
  const count = Math.max(20, scaled(10_000, Math.sqrt(scale)));
  const each = Math.min(200, count / 2);
  return {
    sql: [
      `CREATE TABLE shop (id integer PRIMARY KEY);
       CREATE TABLE item (id integer PRIMARY KEY, shop_id integer NOT NULL, name text NOT NULL);
       CREATE TABLE tag (id integer PRIMARY KEY, shop_id integer NOT NULL, name text NOT NULL);
       CREATE TABLE item_tag (item_id integer NOT NULL, tag_id integer NOT NULL, PRIMARY KEY (item_id, tag_id))`,
      `INSERT INTO shop VALUES (1)`,
      `INSERT INTO item SELECT i, 1, 'Item ' || i FROM ${numbers(count)}`,
      `INSERT INTO tag SELECT i, 1, 'Tag ' || i FROM ${numbers(count)}`,
      `INSERT INTO item_tag SELECT i, (i * 31 + k * ${String(Math.floor(count / each))}) % ${String(count)} + 1
         FROM ${numbers(count)} CROSS JOIN generate_series(1, ${String(each)}) k`,
      `CREATE INDEX ON item (shop_id); CREATE INDEX ON tag (shop_id); CREATE INDEX ON item_tag (tag_id);
       ALTER TABLE item ADD FOREIGN KEY (shop_id) REFERENCES shop; ALTER TABLE tag ADD FOREIGN KEY (shop_id) REFERENCES shop;
       ALTER TABLE item_tag ADD FOREIGN KEY (item_id) REFERENCES item, ADD FOREIGN KEY (tag_id) REFERENCES tag`,
    ],
    object: 'public.shop.1',
    follow: 'owned',
    objects: { shop: 'SELECT * FROM shop', item: 'SELECT * FROM item', tag: 'SELECT * FROM tag' },
    links: { item_tag: 'SELECT * FROM item_tag' },
  };
};

/** Five tables lead from an account to the same persons. */
export const diamond: MakeShape = (scale) => {
  const count = scaled(100_000, scale);
  const ways = ['booking', 'invoice', 'letter', 'ticket', 'visit'];
  return {
    sql: [
      `CREATE TABLE account (id integer PRIMARY KEY);
       CREATE TABLE person (id integer PRIMARY KEY, name text NOT NULL);
       INSERT INTO account VALUES (1), (2);
       INSERT INTO person SELECT i, 'Person ' || i FROM ${numbers(count * 2)}`,
      ...ways.map(
        (way, at) =>
          `CREATE TABLE ${way} (id integer PRIMARY KEY, account_id integer NOT NULL, person_id integer NOT NULL);
           INSERT INTO ${way} SELECT i, i % 2 + 1, (i * ${String(7 + at * 2)} % ${String(count)}) * 2 + i % 2 + 1 FROM ${numbers(count * 2)};
           CREATE INDEX ON ${way} (account_id); CREATE INDEX ON ${way} (person_id);
           ALTER TABLE ${way} ADD FOREIGN KEY (account_id) REFERENCES account, ADD FOREIGN KEY (person_id) REFERENCES person`,
      ),
    ],
    object: 'public.account.1',
    follow: 'owned',
    objects: {
      account: 'SELECT * FROM account WHERE id = 1',
      person: `SELECT * FROM person WHERE id IN (${ways.map((way) => `SELECT person_id FROM ${way} WHERE account_id = 1`).join(' UNION ')})`,
      ...Object.fromEntries(ways.map((way) => [way, `SELECT * FROM ${way} WHERE account_id = 1`])),
    },
  };
};

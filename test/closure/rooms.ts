/** Messages are a leaf: they belong to a room or a user, need a user or a kind, and nothing needs them. So are the members of a room. */
export const roomsSql = `
  CREATE TABLE kind (id int PRIMARY KEY);
  CREATE TABLE person (id int PRIMARY KEY, email text UNIQUE);
  CREATE TABLE room (id int PRIMARY KEY, host int REFERENCES person);
  CREATE TABLE message (id int PRIMARY KEY, room int REFERENCES room, author int REFERENCES person, kind int REFERENCES kind);
  CREATE TABLE member (room int REFERENCES room, person int REFERENCES person, PRIMARY KEY (room, person));
  CREATE TABLE invite (id int PRIMARY KEY, room int REFERENCES room, email text REFERENCES person (email));
  CREATE TABLE seat (id int PRIMARY KEY, room int);
  CREATE TABLE tag (label int[] PRIMARY KEY);
  CREATE TABLE tagged (id int PRIMARY KEY, label int[] REFERENCES tag);
  CREATE TABLE note (id int PRIMARY KEY, room int REFERENCES room);
  CREATE TABLE note_kind (note int REFERENCES note, kind int REFERENCES kind, PRIMARY KEY (note, kind));
  CREATE TABLE slot (day int, hour int, PRIMARY KEY (day, hour));
  CREATE TABLE booking (id int PRIMARY KEY, day int, hour int, FOREIGN KEY (day, hour) REFERENCES slot);
  CREATE TABLE country (code text PRIMARY KEY);
  CREATE TABLE visa (id int PRIMARY KEY, country text REFERENCES country, room int REFERENCES room);
  CREATE TABLE rated (id int PRIMARY KEY, what text, target int);
  CREATE TABLE storey (id int PRIMARY KEY, room int REFERENCES room);
  CREATE TABLE storey_door (id int PRIMARY KEY, storey int REFERENCES storey);
  CREATE TABLE keyless (room int REFERENCES room);
  ALTER TABLE seat ADD CONSTRAINT loose FOREIGN KEY (room) REFERENCES room NOT VALID;
  INSERT INTO kind VALUES (1), (2); INSERT INTO person VALUES (1, 'a'), (2, 'b'), (3, 'c'); INSERT INTO room VALUES (1, 1), (2, 2);
  INSERT INTO message VALUES (1, 1, 1, 1), (2, 1, 2, 1), (3, 2, 3, 2), (4, NULL, 1, NULL);
  INSERT INTO member VALUES (1, 2), (2, 3); INSERT INTO invite VALUES (1, 1, 'b'), (2, 2, 'b'); INSERT INTO seat VALUES (1, 1);
  INSERT INTO rated VALUES (1, 'x', 1); INSERT INTO storey VALUES (1, 2); INSERT INTO storey_door VALUES (1, 1);
  INSERT INTO tag VALUES ('{1}'), ('{2}'); INSERT INTO tagged VALUES (1, '{1}');
  INSERT INTO slot VALUES (1, 2); INSERT INTO booking VALUES (1, 1, 2); INSERT INTO country VALUES ('x'); INSERT INTO visa VALUES (1, 'x', 2);`;

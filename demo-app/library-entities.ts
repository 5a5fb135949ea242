import { Author } from './entities/author.js';
import { BookInstance } from './entities/book-instance.js';
import { Book } from './entities/book.js';
import { ContentType } from './entities/content-type.js';
import { Genre } from './entities/genre.js';
import { Group } from './entities/group.js';
import { Language } from './entities/language.js';
import { Permission } from './entities/permission.js';
import { Profile } from './entities/profile.js';
import { User } from './entities/user.js';

/** The library's entities. Its four join tables have none. */
export const libraryEntities = Object.freeze([
  Author,
  Book,
  BookInstance,
  ContentType,
  Genre,
  Group,
  Language,
  Permission,
  Profile,
  User,
]);

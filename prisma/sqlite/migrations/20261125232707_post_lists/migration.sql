-- DropIndex
DROP INDEX "posts_created_at_id_idx";

-- DropIndex
DROP INDEX "posts_author_id_created_at_id_idx";

-- CreateIndex
CREATE INDEX "posts_published_created_at_id_idx" ON "posts"("published", "created_at", "id");

-- CreateIndex
CREATE INDEX "posts_author_id_published_created_at_id_idx" ON "posts"("author_id", "published", "created_at", "id");

-- The search by words. Prisma does not know the following objects.
--
-- Each post has a number that rises with its time of creation: milliseconds × 2^20, plus a counter within the millisecond.
-- An index by this number returns its matches in order of time, so that a page of them needs no sort of all matches.
CREATE TABLE "post_search_keys" ("number" INTEGER NOT NULL PRIMARY KEY, "post_id" TEXT NOT NULL UNIQUE);

-- No text and no positions are stored. Beginnings of up to 12 characters have entries of their own: other ones would be merged
-- from the entries of all words that they begin.
CREATE VIRTUAL TABLE "post_search" USING fts5("words", content = '', contentless_delete = 1, detail = none,
  prefix = '1 2 3 4 5 6 7 8 9 10 11 12', tokenize = "unicode61 remove_diacritics 2 categories 'L* Nd Co'");

-- The indexed text of each post. U+E000, which is removed from the texts, starts the words for its state and its author.
CREATE VIEW "post_search_texts" AS
SELECT "id" AS "post_id",
  CAST(round(COALESCE(unixepoch("created_at", 'subsec'), 0) * 1000) AS INTEGER) << 20 AS "first_number",
  replace("title" || ' ' || "content", char(57344), ' ')
    || ' ' || char(57344) || CASE WHEN "published" THEN 'published' ELSE 'draft' END
    || ' ' || char(57344) || 'author' || hex("author_id") AS "words"
FROM "posts";

-- Triggers, because nodes of version 0.1 and the deletion of an account write posts, too.
CREATE TRIGGER "posts_search_insert" AFTER INSERT ON "posts" BEGIN
  INSERT INTO "post_search_keys" ("number", "post_id")
  SELECT COALESCE((
    SELECT max("number") + 1 FROM "post_search_keys" WHERE "number" BETWEEN "first_number" AND "first_number" + 1048575
  ), "first_number"), "post_id"
  FROM "post_search_texts" WHERE "post_id" = NEW."id";
  INSERT INTO "post_search" ("rowid", "words")
  SELECT "number", "words" FROM "post_search_texts" JOIN "post_search_keys" USING ("post_id") WHERE "post_id" = NEW."id";
END;
CREATE TRIGGER "posts_search_delete" AFTER DELETE ON "posts" BEGIN
  DELETE FROM "post_search" WHERE "rowid" = (SELECT "number" FROM "post_search_keys" WHERE "post_id" = OLD."id");
  DELETE FROM "post_search_keys" WHERE "post_id" = OLD."id";
END;
CREATE TRIGGER "posts_search_update" AFTER UPDATE OF "id", "author_id", "title", "content", "published", "created_at" ON "posts"
BEGIN
  DELETE FROM "post_search" WHERE "rowid" = (SELECT "number" FROM "post_search_keys" WHERE "post_id" = OLD."id");
  DELETE FROM "post_search_keys" WHERE "post_id" = OLD."id";
  INSERT INTO "post_search_keys" ("number", "post_id")
  SELECT COALESCE((
    SELECT max("number") + 1 FROM "post_search_keys" WHERE "number" BETWEEN "first_number" AND "first_number" + 1048575
  ), "first_number"), "post_id"
  FROM "post_search_texts" WHERE "post_id" = NEW."id";
  INSERT INTO "post_search" ("rowid", "words")
  SELECT "number", "words" FROM "post_search_texts" JOIN "post_search_keys" USING ("post_id") WHERE "post_id" = NEW."id";
END;

-- The posts of version 0.1.
INSERT INTO "post_search_keys" ("number", "post_id")
SELECT "first_number" + row_number() OVER (PARTITION BY "first_number" ORDER BY "post_id") - 1, "post_id" FROM "post_search_texts";
INSERT INTO "post_search" ("rowid", "words")
SELECT "number", "words" FROM "post_search_texts" JOIN "post_search_keys" USING ("post_id") ORDER BY "number";

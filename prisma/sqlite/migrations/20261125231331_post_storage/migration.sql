-- AlterTable: without the new table that Prisma proposes, because dropping the old one would delete the rows that refer to it.
ALTER TABLE "users" ADD COLUMN "post_count" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "users" ADD COLUMN "post_bytes" BIGINT NOT NULL DEFAULT 0;

-- Triggers, because nodes of version 0.1 and the deletion of an account write posts, too.
CREATE TRIGGER "posts_storage_insert" AFTER INSERT ON "posts" BEGIN
  UPDATE "users" SET "post_count" = "post_count" + 1,
    "post_bytes" = "post_bytes" + length(CAST(NEW."title" AS BLOB)) + length(CAST(NEW."content" AS BLOB))
  WHERE "id" = NEW."author_id";
END;
CREATE TRIGGER "posts_storage_delete" AFTER DELETE ON "posts" BEGIN
  UPDATE "users" SET "post_count" = "post_count" - 1,
    "post_bytes" = "post_bytes" - length(CAST(OLD."title" AS BLOB)) - length(CAST(OLD."content" AS BLOB))
  WHERE "id" = OLD."author_id";
END;
CREATE TRIGGER "posts_storage_update" AFTER UPDATE OF "title", "content", "author_id" ON "posts" BEGIN
  UPDATE "users" SET "post_count" = "post_count" - 1,
    "post_bytes" = "post_bytes" - length(CAST(OLD."title" AS BLOB)) - length(CAST(OLD."content" AS BLOB))
  WHERE "id" = OLD."author_id";
  UPDATE "users" SET "post_count" = "post_count" + 1,
    "post_bytes" = "post_bytes" + length(CAST(NEW."title" AS BLOB)) + length(CAST(NEW."content" AS BLOB))
  WHERE "id" = NEW."author_id";
END;

-- The posts of version 0.1.
UPDATE "users" SET
  "post_count" = (SELECT count(*) FROM "posts" WHERE "author_id" = "users"."id"),
  "post_bytes" = (
    SELECT sum(length(CAST("title" AS BLOB)) + length(CAST("content" AS BLOB))) FROM "posts" WHERE "author_id" = "users"."id")
WHERE "id" IN (SELECT "author_id" FROM "posts");

-- In the order in which an insert of a post locks, and until the triggers exist.
LOCK TABLE "posts" IN SHARE ROW EXCLUSIVE MODE;

-- AlterTable
ALTER TABLE "users" ADD COLUMN     "post_bytes" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "post_count" INTEGER NOT NULL DEFAULT 0;

-- Triggers, because nodes of version 0.1 and the deletion of an account write posts, too.
CREATE FUNCTION "count_post_storage"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD."author_id" = NEW."author_id"
    AND octet_length(OLD."title") + octet_length(OLD."content") = octet_length(NEW."title") + octet_length(NEW."content")
  THEN
    RETURN NULL;
  END IF;
  IF TG_OP <> 'INSERT' THEN
    UPDATE "users" SET "post_count" = "post_count" - 1,
      "post_bytes" = "post_bytes" - octet_length(OLD."title") - octet_length(OLD."content")
    WHERE "id" = OLD."author_id";
  END IF;
  IF TG_OP <> 'DELETE' THEN
    UPDATE "users" SET "post_count" = "post_count" + 1,
      "post_bytes" = "post_bytes" + octet_length(NEW."title") + octet_length(NEW."content")
    WHERE "id" = NEW."author_id";
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER "posts_storage" AFTER INSERT OR DELETE OR UPDATE OF "title", "content", "author_id" ON "posts"
FOR EACH ROW EXECUTE FUNCTION "count_post_storage"();

-- The posts of version 0.1.
UPDATE "users" SET "post_count" = "stored"."posts", "post_bytes" = "stored"."bytes"
FROM (
  SELECT "author_id", count(*) AS "posts", sum(octet_length("title") + octet_length("content")) AS "bytes"
  FROM "posts" GROUP BY "author_id"
) AS "stored"
WHERE "users"."id" = "stored"."author_id";

-- DropIndex
DROP INDEX "posts_created_at_id_idx";

-- DropIndex
DROP INDEX "posts_author_id_created_at_id_idx";

-- CreateIndex
CREATE INDEX "posts_published_created_at_id_idx" ON "posts"("published", "created_at", "id");

-- CreateIndex
CREATE INDEX "posts_author_id_published_created_at_id_idx" ON "posts"("author_id", "published", "created_at", "id");

-- The search by words. Prisma does not know the following objects. The bodies of the functions are bound when they are created,
-- because a restore of a dump has no search path.
--
-- Case and letters beyond ASCII must not depend on the locale of the database: ICU's rules for no language if the server has
-- them, else those of PostgreSQL 17, else the database's own.
DO $do$
DECLARE
  "collation" text := COALESCE((
    SELECT quote_ident("collname") FROM "pg_collation" WHERE "collname" IN ('und-x-icu', 'pg_c_utf8')
    ORDER BY "collname" DESC LIMIT 1), '"default"');
BEGIN
  -- The words of a text: runs of letters and digits, in lower case, Latin letters without diacritics.
  EXECUTE format($function$
    CREATE FUNCTION "split_search_words"("text" text) RETURNS SETOF text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    BEGIN ATOMIC
      SELECT DISTINCT left("word", 200) FROM regexp_split_to_table(
        lower(
          normalize(regexp_replace(normalize("text", NFD), '([A-Za-z])[\u0300-\u036f]+', '\1', 'g'), NFC) COLLATE %s),
        '[^[:alnum:]]+') AS "word"
      WHERE "word" <> '';
    END
  $function$, "collation");
END
$do$;

-- What is indexed of a post: its words, its state and its author. No word of a text contains an exclamation mark.
CREATE FUNCTION "build_search_words"("text" text, "published" boolean, "author_id" text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN array_to_tsvector(
  ARRAY(SELECT "split_search_words"("text"))
    || ARRAY[CASE WHEN "published" THEN '!published' ELSE '!draft' END, '!author ' || "author_id"]);

-- The query for texts that have, for each word of a text, a word that begins with it; null for a text without words.
CREATE FUNCTION "build_search_query"("text" text) RETURNS tsquery LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (SELECT string_agg('''' || "word" || ''':*', ' & ')::tsquery FROM "split_search_words"("text") AS "word");

ALTER TABLE "posts" ADD COLUMN "search_words" tsvector
  GENERATED ALWAYS AS ("build_search_words"("title" || ' ' || "content", "published", "author_id")) STORED;

-- Without a list of pending entries, which each search would read.
CREATE INDEX "posts_search_words_idx" ON "posts" USING GIN ("search_words") WITH (fastupdate = off);

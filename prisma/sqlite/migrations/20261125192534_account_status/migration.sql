-- AlterTable
ALTER TABLE "users" ADD COLUMN "suspended_at" DATETIME;

-- Suspended accounts: the time of the last change is the nearest known time.
UPDATE "users" SET "suspended_at" = "updated_at" WHERE "status" = 'SUSPENDED';

-- ACTIVE accounts without a verified contact, which `gateway user reinstate` of version 0.1 made from PENDING ones. They are
-- PENDING again: their sessions and started sign-ins end.
UPDATE "sessions" SET "revoked_at" = strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now'), "revoked_reason" = 'REVOKED'
WHERE "revoked_at" IS NULL AND "user_id" IN (
  SELECT "id" FROM "users" WHERE "status" = 'ACTIVE' AND "email_verified_at" IS NULL AND "phone_verified_at" IS NULL);
UPDATE "users" SET "status" = 'PENDING', "generation" = "generation" + 1
WHERE "status" = 'ACTIVE' AND "email_verified_at" IS NULL AND "phone_verified_at" IS NULL;

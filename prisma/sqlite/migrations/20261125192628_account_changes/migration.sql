-- CreateTable
CREATE TABLE "account_changes" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "user_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "security_stamp" INTEGER NOT NULL,
    "password_hash" TEXT,
    "email" TEXT,
    "email_verified_at" DATETIME,
    "phone" TEXT,
    "phone_verified_at" DATETIME,
    "totp_sealed" TEXT,
    "totp_confirmed_at" DATETIME,
    "totp_created_at" DATETIME,
    "totp_last_step" INTEGER,
    "recovery_code_hashes" TEXT,
    "created_at" DATETIME NOT NULL,
    "expires_at" DATETIME NOT NULL,
    "closed_at" DATETIME,
    "closed_by" TEXT,
    CONSTRAINT "account_changes_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "account_changes_user_id_security_stamp_idx" ON "account_changes"("user_id", "security_stamp");

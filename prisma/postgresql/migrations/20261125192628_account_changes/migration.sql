-- CreateTable
CREATE TABLE "account_changes" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "security_stamp" INTEGER NOT NULL,
    "password_hash" TEXT,
    "email" TEXT,
    "email_verified_at" TIMESTAMP(3),
    "phone" TEXT,
    "phone_verified_at" TIMESTAMP(3),
    "totp_sealed" TEXT,
    "totp_confirmed_at" TIMESTAMP(3),
    "totp_created_at" TIMESTAMP(3),
    "totp_last_step" INTEGER,
    "recovery_code_hashes" TEXT,
    "created_at" TIMESTAMP(3) NOT NULL,
    "expires_at" TIMESTAMP(3) NOT NULL,
    "closed_at" TIMESTAMP(3),
    "closed_by" TEXT,

    CONSTRAINT "account_changes_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "account_changes_user_id_security_stamp_idx" ON "account_changes"("user_id", "security_stamp");

-- AddForeignKey
ALTER TABLE "account_changes" ADD CONSTRAINT "account_changes_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

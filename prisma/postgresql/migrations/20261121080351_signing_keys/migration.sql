-- CreateTable
CREATE TABLE "signing_keys" (
    "kid" TEXT NOT NULL,
    "algorithm" TEXT NOT NULL,
    "sealed" TEXT NOT NULL,
    "follows" TEXT NOT NULL,
    "created_at" TIMESTAMP(3) NOT NULL,
    "signs_from" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "signing_keys_pkey" PRIMARY KEY ("kid")
);

-- CreateIndex
CREATE UNIQUE INDEX "signing_keys_follows_key" ON "signing_keys"("follows");
